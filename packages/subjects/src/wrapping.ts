import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import type { KeyId, WrappedKey } from '@waxseal/core/provider';

const LABEL = Buffer.from('waxseal/v1/subject-key', 'ascii');
const WRAP_VERSION = 0x01;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Bytes of a subject's key. */
export const SUBJECT_KEY_BYTES = 32;

/**
 * AES-256-GCM of a data key under a subject's key (docs/spec/subject-key.md §3).
 *
 * @param nonce 12 fresh random bytes; given only where vectors are checked
 * @returns a fresh buffer: version, nonce, ciphertext, tag
 */
export function wrapForSubject(
  key: KeyObject,
  keyId: KeyId,
  dataKey: Uint8Array,
  aad: Uint8Array,
  nonce: Uint8Array = randomBytes(NONCE_BYTES),
): Uint8Array {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(aadOf(keyId, aad));
  const head = Uint8Array.of(WRAP_VERSION);
  return new Uint8Array(
    Buffer.concat([head, nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]),
  );
}

/**
 * Opens what {@link wrapForSubject} gave.
 *
 * @returns what was wrapped, in a fresh buffer; `undefined` where it does not open under this key, key ID and
 *   AAD
 */
export function unwrapForSubject(
  key: KeyObject,
  { bytes, keyId }: WrappedKey,
  aad: Uint8Array,
): Uint8Array | undefined {
  if (bytes[0] !== WRAP_VERSION || bytes.length < 1 + NONCE_BYTES + TAG_BYTES) return undefined;
  const end = bytes.length - TAG_BYTES;
  const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(aadOf(keyId, aad));
  decipher.setAuthTag(bytes.subarray(end));
  const dataKey = decipher.update(bytes.subarray(1 + NONCE_BYTES, end));
  try {
    decipher.final();
    return dataKey;
  } catch {
    dataKey.fill(0);
    return undefined;
  }
}

function aadOf(keyId: KeyId, aad: Uint8Array): Buffer {
  const id = Buffer.from(keyId, 'utf8');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(id.length);
  return Buffer.concat([LABEL, length, id, aad]);
}
