import { createDecipheriv, type KeyObject } from 'node:crypto';

import type { WrappedKey } from '@waxseal/core';

import { localWrapAad } from './wrap-aad';
import { NONCE_BYTES, TAG_BYTES, WRAP_VERSION } from './wrapped-key-format';

/**
 * Opens what `wrapLocally` gave.
 *
 * @returns the data key in a fresh buffer, or `undefined` when the wrapped key does not open under this key, key ID and AAD
 */
export function unwrapLocally(key: KeyObject, wrapped: WrappedKey, aad: Uint8Array): Uint8Array | undefined {
  const { bytes, keyId } = wrapped;
  if (bytes[0] !== WRAP_VERSION || bytes.length <= 1 + NONCE_BYTES + TAG_BYTES) return undefined;
  const ciphertextEnd = bytes.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(localWrapAad(keyId, aad));
  decipher.setAuthTag(bytes.subarray(ciphertextEnd));
  const dataKey = decipher.update(bytes.subarray(1 + NONCE_BYTES, ciphertextEnd));
  try {
    decipher.final();
  } catch {
    dataKey.fill(0);
    return undefined;
  }
  return dataKey;
}
