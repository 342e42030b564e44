import { createCipheriv, type KeyObject } from 'node:crypto';

import { envelopeAad } from '../envelope/envelope-aad';
import { FIXED_HEADER_BYTES, FORMAT_VERSION, SALT_BYTES, SUITE, TAG_BYTES } from '../envelope/format';
import { freshSalt } from './fresh-salt';
import { NONCE } from './nonce';
import { withPayloadKeys } from './with-payload-keys';

/** What {@link seal} needs. Everything is read only. */
export interface SealInput {
  /** 32 bytes. */
  readonly dataKey: KeyObject;
  /** UTF-8 of the primary key ID. */
  readonly keyId: Uint8Array;
  /** Serialized encryption context. */
  readonly context: Uint8Array;
  /** Serialized wrapped keys. */
  readonly wrappedKeys: Uint8Array;
  /** The plaintext, in pieces that are sealed one after the other. */
  readonly plaintext: readonly Uint8Array[];
}

/**
 * Seals one payload into an envelope (docs/spec/envelope.md §6).
 *
 * @param salt 32 fresh random bytes; given only where vectors are written. A salt that is used twice with one data key
 *   breaks the cipher.
 * @returns the envelope in a fresh buffer of its own
 */
export function seal(input: SealInput, salt: Uint8Array = freshSalt()): Uint8Array {
  const { keyId, context, wrappedKeys, plaintext } = input;
  const plaintextLength = plaintext.reduce((sum, piece) => sum + piece.length, 0);
  const headerLength = FIXED_HEADER_BYTES + 2 + context.length + wrappedKeys.length;
  const { aad, headerAt } = envelopeAad(keyId, headerLength);
  const header = aad.subarray(headerAt);
  header[0] = FORMAT_VERSION;
  header[1] = SUITE;
  header.set(salt, 2);
  header.writeUInt16BE(context.length, FIXED_HEADER_BYTES);
  header.set(context, FIXED_HEADER_BYTES + 2);
  header.set(wrappedKeys, FIXED_HEADER_BYTES + 2 + context.length);
  const cipher = withPayloadKeys(input.dataKey, salt, ({ contentKey, commitment }) => {
    header.set(commitment, 2 + SALT_BYTES);
    return createCipheriv('aes-256-gcm', contentKey, NONCE);
  });
  cipher.setAAD(aad);

  const envelope = new Uint8Array(headerLength + plaintextLength + TAG_BYTES);
  envelope.set(header);
  let offset = headerLength;
  for (const piece of plaintext) {
    envelope.set(cipher.update(piece), offset);
    offset += piece.length;
  }
  cipher.final();
  envelope.set(cipher.getAuthTag(), offset);
  return envelope;
}
