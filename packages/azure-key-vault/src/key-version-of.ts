import type { KeyId } from '@waxseal/core';

const VERSION = /^\/([0-9a-f]{32})$/;

/**
 * The version that a recorded key ID names. The ID comes from a payload and is untrusted: it selects a version of a configured
 * key and nothing else.
 *
 * @param prefix name of the configured key, without a version
 * @returns 32 hexadecimal digits, or `undefined` when `keyId` is no version of that key
 */
export function keyVersionOf(keyId: KeyId, prefix: string): string | undefined {
  return keyId.startsWith(prefix) ? VERSION.exec(keyId.slice(prefix.length))?.[1] : undefined;
}
