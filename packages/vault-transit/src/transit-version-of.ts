import type { KeyId } from '@waxseal/core';

const VERSION = /^\/v([1-9]\d{0,8})$/;

/**
 * The version that a recorded key ID names.
 *
 * @returns a whole number from 1, or `undefined` when `keyId` is no version of the key `id`
 */
export function transitVersionOf(keyId: KeyId, id: KeyId): number | undefined {
  if (!keyId.startsWith(id)) return undefined;
  const version = VERSION.exec(keyId.slice(id.length))?.[1];
  return version === undefined ? undefined : Number(version);
}
