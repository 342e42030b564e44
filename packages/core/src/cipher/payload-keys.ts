import { createHmac, type KeyObject } from 'node:crypto';

import { COMMITMENT_BYTES, FORMAT_VERSION, SALT_BYTES, SUITE } from '../envelope/format';

const LABEL = Buffer.from('waxseal/v1/payload-keys', 'ascii');
const CONTENT_KEY_BYTES = 32;

/** The keys of one payload. Both are views of one buffer that nobody else holds. */
export interface PayloadKeys {
  /** 32 bytes; the caller zeroes it after use. */
  readonly contentKey: Buffer;
  /** 32 bytes; public. */
  readonly commitment: Buffer;
}

/**
 * Derives a payload's content key and key commitment: HKDF-Expand-SHA-512, of which 64 bytes are one block
 * (docs/spec/envelope.md §5; RFC 5869 §2.3).
 *
 * @param dataKey 32 bytes
 * @param salt 32 bytes, used once with this data key
 */
export function derivePayloadKeys(dataKey: KeyObject, salt: Uint8Array): PayloadKeys {
  const block = Buffer.allocUnsafe(LABEL.length + 2 + SALT_BYTES + 1);
  block.set(LABEL, 0);
  block[LABEL.length] = FORMAT_VERSION;
  block[LABEL.length + 1] = SUITE;
  block.set(salt, LABEL.length + 2);
  block[block.length - 1] = 0x01;
  const okm = createHmac('sha512', dataKey).update(block).digest();
  return {
    contentKey: okm.subarray(0, CONTENT_KEY_BYTES),
    commitment: okm.subarray(CONTENT_KEY_BYTES, CONTENT_KEY_BYTES + COMMITMENT_BYTES),
  };
}
