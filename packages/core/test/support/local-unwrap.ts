import { createDecipheriv } from 'node:crypto';
import { bytes } from '@waxseal/test-support/vectors';

/**
 * Opens a wrapped key as docs/spec/local-key.md §1 says.
 *
 * @returns the data key in a fresh buffer, or `undefined` when it does not open
 */
export function localUnwrap(
  localKey: Uint8Array,
  keyId: string,
  wrapped: Uint8Array,
  aad: Uint8Array,
): Uint8Array | undefined {
  if (wrapped.length < 29 || wrapped[0] !== 1) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', localKey, wrapped.subarray(1, 13), { authTagLength: 16 });
  decipher.setAAD(bytes.join(bytes.text('waxseal/v1/local-key'), bytes.prefixed(bytes.text(keyId)), aad));
  decipher.setAuthTag(wrapped.subarray(-16));
  try {
    return new Uint8Array(Buffer.concat([decipher.update(wrapped.subarray(13, -16)), decipher.final()]));
  } catch {
    return undefined;
  }
}
