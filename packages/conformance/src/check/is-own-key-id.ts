import type { KeyEncryptionKey, KeyId } from '@waxseal/core';

/** Whether a keyring takes `keyId` for this key's (`KeyEncryptionKey.owns`). */
export function isOwnKeyId(key: KeyEncryptionKey, keyId: KeyId): boolean {
  return key.owns?.(keyId) ?? keyId === key.id;
}
