import { KeyServiceError, type KeyId, type KeyPermission } from '@waxseal/core';

import { jsonObject, type JsonObject } from './json-object';

/**
 * Whether an answer of `sys/capabilities-self` lets the caller write to `path`: what Transit's encryption and decryption
 * need of a key that exists.
 */
export function transitPermission(answer: JsonObject, path: string, keyId: KeyId): KeyPermission {
  const capabilities = jsonObject(answer['data'])[path] ?? answer[path];
  const given: readonly unknown[] = Array.isArray(capabilities) ? capabilities : [];
  if (given.includes('root') || given.includes('update')) return { allowed: true };
  return { allowed: false, error: new KeyServiceError(keyId, 'denied') };
}
