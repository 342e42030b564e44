import type { KeyEncryptionKey } from '../key-encryption-key/key-encryption-key';

/** A key of a keyring, and what it is for. */
export interface KeyringEntry {
  readonly key: KeyEncryptionKey;
  readonly role: 'primary' | 'alsoWrapFor' | 'decryptOnly';
}
