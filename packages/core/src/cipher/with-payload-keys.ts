import { createHmac, type KeyObject } from 'node:crypto';

import { COMMITMENT_BYTES, FORMAT_VERSION, SALT_BYTES, SUITE } from '../envelope/format';

const LABEL = Buffer.from('waxseal/v1/payload-keys', 'ascii');
const CONTENT_KEY_BYTES = 32;

/** `info ‖ 0x01`, with room for the salt: what one block of HKDF-Expand is the HMAC of. */
const BLOCK = Buffer.concat([
  LABEL,
  Uint8Array.of(FORMAT_VERSION, SUITE),
  Buffer.alloc(SALT_BYTES),
  Uint8Array.of(1),
]);
const SALT_AT = LABEL.length + 2;

/** The keys of one payload: views of memory that is zeroed after use. */
export interface PayloadKeys {
  /** 32 bytes. */
  readonly contentKey: Uint8Array;
  /** 32 bytes; public. */
  readonly commitment: Uint8Array;
}

// Views of fresh memory for each payload cost as much as a third of the derivation.
const OKM = new Uint8Array(CONTENT_KEY_BYTES + COMMITMENT_BYTES);
const ZEROS = new Uint8Array(OKM.length);
const KEYS: PayloadKeys = {
  contentKey: OKM.subarray(0, CONTENT_KEY_BYTES),
  commitment: OKM.subarray(CONTENT_KEY_BYTES),
};

/**
 * Derives a payload's content key and key commitment: HKDF-Expand-SHA-512, of which 64 bytes are one block
 * (docs/spec/envelope.md §5; RFC 5869 §2.3).
 *
 * @param dataKey 32 bytes
 * @param salt 32 bytes, used once with this data key
 * @param use gets the keys, which are zeroed when it returns or throws; it must not derive others
 * @returns what `use` returns
 */
export function withPayloadKeys<T>(dataKey: KeyObject, salt: Uint8Array, use: (keys: PayloadKeys) => T): T {
  BLOCK.set(salt, SALT_AT);
  const okm = createHmac('sha512', dataKey).update(BLOCK).digest();
  OKM.set(okm);
  okm.set(ZEROS);
  try {
    return use(KEYS);
  } finally {
    OKM.set(ZEROS);
  }
}
