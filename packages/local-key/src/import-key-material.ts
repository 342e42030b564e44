import { createSecretKey, type KeyObject } from 'node:crypto';

import { ConfigurationError } from '@waxseal/core';

const LOCAL_KEY_BYTES = 32;

/**
 * Copies key bytes into a `KeyObject`.
 *
 * @param field name of the option, for the message
 * @throws ConfigurationError when `bytes` are not 32 bytes
 */
export function importKeyMaterial(bytes: Uint8Array, field: string): KeyObject {
  if (!ArrayBuffer.isView(bytes) || bytes.byteLength !== LOCAL_KEY_BYTES) {
    throw new ConfigurationError(
      `${field} must be ${String(LOCAL_KEY_BYTES)} random bytes (a Uint8Array), such as crypto.randomBytes(32).`,
    );
  }
  return createSecretKey(bytes);
}
