import { ConfigurationError, type KeyId } from '@waxseal/core';

/**
 * The key ID of a version of a key: `<name>/v<version>` (docs/spec/local-key.md §2).
 *
 * @throws ConfigurationError when `version` is not a whole number from 1
 */
export function versionedKeyId(name: string, version: number): KeyId {
  if (!Number.isSafeInteger(version) || version < 1) {
    throw new ConfigurationError('A version of a local key must be a whole number from 1.');
  }
  return `${name}/v${String(version)}`;
}
