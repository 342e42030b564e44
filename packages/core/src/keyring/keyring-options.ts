import type { KeyEncryptionKey } from '../key-encryption-key/key-encryption-key';
import type { KeyGuardOptions } from './key-guard-options';

/** The keys that a codec may use, by what it may use them for. */
export interface KeyringOptions {
  /** Wraps new data keys, and unwraps. Without it the keyring can only decode. */
  readonly primary?: KeyEncryptionKey | undefined;
  /** Up to seven further keys that every new data key is wrapped for too; any one of them opens the payloads. */
  readonly alsoWrapFor?: readonly KeyEncryptionKey[] | undefined;
  /** Keys that only unwrap: those not yet promoted, and those retired. Never used to wrap. */
  readonly decryptOnly?: readonly KeyEncryptionKey[] | undefined;
  /**
   * Whether a new data key must be wrapped by `primary` and all of `alsoWrapFor`, or is used as soon as one of them has wrapped
   * it. With `'atLeastOne'` a data key that lacks a wrap is replaced as soon as all wrap again; payloads that were encrypted
   * under it open with the keys that did.
   *
   * @default 'all'
   */
  readonly wrapPolicy?: 'all' | 'atLeastOne' | undefined;
  /** Deadlines, circuit breaker and limits of the requests to key services. */
  readonly requests?: KeyGuardOptions | undefined;
}
