import type { KeyEncryptionKey } from '../key-encryption-key/key-encryption-key';

/** The keys that a codec may use, by what it may use them for. */
export interface KeyringOptions {
  /** Wraps new data keys, and unwraps. Without it the keyring can only decode. */
  readonly primary?: KeyEncryptionKey | undefined;
  /** Up to seven further keys that every new data key is wrapped for too; any one of them opens the payloads. */
  readonly alsoWrapFor?: readonly KeyEncryptionKey[] | undefined;
  /** Keys that only unwrap: those not yet promoted, and those retired. Never used to wrap. */
  readonly decryptOnly?: readonly KeyEncryptionKey[] | undefined;
}
