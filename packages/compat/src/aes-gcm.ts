import { createCipheriv, createDecipheriv, type KeyObject, randomFillSync } from 'node:crypto';
import { byteLength } from '@waxseal/core/internal';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Lengths of an AES key, in bytes (FIPS 197). */
export const AES_KEY_BYTES: ReadonlySet<number> = new Set([16, 24, 32]);

/**
 * Opens what all of them write: nonce of 12 bytes, ciphertext, tag of 16 bytes; AES-GCM (NIST SP 800-38D)
 * without additional data.
 *
 * @param key of 16, 24 or 32 bytes
 * @returns plaintext that the caller owns; `undefined` where it does not authenticate
 */
export function openAesGcm(key: KeyObject, sealed: Uint8Array): Buffer | undefined {
  const end = sealed.length - TAG_BYTES;
  if (end < NONCE_BYTES) return undefined;
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(algorithmOf(key), key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(end));
  const first = decipher.update(sealed.subarray(NONCE_BYTES, end));
  try {
    decipher.final();
  } catch {
    first.fill(0);
    return undefined;
  }
  return first;
}

/**
 * Seals pieces of a plaintext under a random nonce.
 *
 * @param key of 32 bytes
 * @returns nonce, ciphertext and tag, in a buffer of its own
 */
export function sealAesGcm(key: KeyObject, plaintext: readonly Uint8Array[]): Uint8Array {
  const sealed = new Uint8Array(NONCE_BYTES + byteLength(plaintext) + TAG_BYTES);
  const nonce = randomFillSync(sealed.subarray(0, NONCE_BYTES));
  const cipher = createCipheriv(algorithmOf(key), key, nonce, { authTagLength: TAG_BYTES });
  let at = NONCE_BYTES;
  for (const piece of plaintext) {
    sealed.set(cipher.update(piece), at);
    at += piece.length;
  }
  cipher.final();
  sealed.set(cipher.getAuthTag(), at);
  return sealed;
}

function algorithmOf(key: KeyObject): 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm' {
  switch (key.symmetricKeySize) {
    case 16:
      return 'aes-128-gcm';
    case 24:
      return 'aes-192-gcm';
    default:
      return 'aes-256-gcm';
  }
}
