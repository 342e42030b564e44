import { KeyServiceError, type KeyId, type KeyPermission } from '@waxseal/core/provider';
import { jsonObject, type JsonObject } from './checks';

/**
 * Whether an answer of `sys/capabilities-self` lets the caller write to `path`: what Transit's encryption and
 * decryption need of a key that exists.
 */
export function transitPermission(answer: JsonObject, path: string, keyId: KeyId): KeyPermission {
  const capabilities = jsonObject(answer['data'])[path] ?? answer[path];
  const given: readonly unknown[] = Array.isArray(capabilities) ? capabilities : [];
  if (given.includes('root') || given.includes('update')) return { allowed: true };
  return { allowed: false, error: new KeyServiceError(keyId, 'denied') };
}

/**
 * Who holds a token, by an answer of `auth/token/lookup-self`: display name and policies. Never the token or
 * its accessor.
 */
export function tokenHolder(answer: JsonObject): string | undefined {
  const { display_name: name, policies } = jsonObject(answer['data']);
  if (typeof name !== 'string' || name === '') return undefined;
  const names: readonly unknown[] = Array.isArray(policies) ? policies : [];
  return names.length === 0 ? name : `${name} (policies: ${names.map(String).join(', ')})`;
}
