import { createCipheriv, randomBytes, type KeyObject } from 'node:crypto';

import { localWrapAad } from './wrap-aad';
import { NONCE_BYTES, WRAP_VERSION } from './wrapped-key-format';

/**
 * AES-256-GCM of a data key with a random nonce (docs/spec/local-key.md §1).
 *
 * @param nonce 12 fresh random bytes; given only where vectors are written
 * @returns a fresh buffer: version, nonce, ciphertext, tag
 */
export function wrapLocally(
  key: KeyObject,
  keyId: string,
  dataKey: Uint8Array,
  aad: Uint8Array,
  nonce: Uint8Array = randomBytes(NONCE_BYTES),
): Uint8Array {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(localWrapAad(keyId, aad));
  return new Uint8Array(
    Buffer.concat([
      Uint8Array.of(WRAP_VERSION),
      nonce,
      cipher.update(dataKey),
      cipher.final(),
      cipher.getAuthTag(),
    ]),
  );
}
