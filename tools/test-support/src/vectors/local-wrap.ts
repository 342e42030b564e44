import { createCipheriv } from 'node:crypto';

import { bytes } from './bytes';

/** The AAD that an envelope gives to a key service (docs/spec/envelope.md §3.4). */
export const DATA_KEY_AAD = bytes.text('waxseal/v1/data-key');

/** Wraps a data key as docs/spec/local-key.md §1 says. */
export function localWrap(
  localKey: Uint8Array,
  keyId: string,
  nonce: Uint8Array,
  dataKey: Uint8Array,
  aad: Uint8Array = DATA_KEY_AAD,
): Buffer {
  const cipher = createCipheriv('aes-256-gcm', localKey, nonce);
  cipher.setAAD(bytes.join(bytes.text('waxseal/v1/local-key'), bytes.prefixed(bytes.text(keyId)), aad));
  return bytes.join(bytes.u8(1), nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag());
}
