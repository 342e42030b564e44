import type { EncryptionContext } from '../encryption-context/encryption-context';
import type { WrappedKey } from '../key-encryption-key/wrapped-key';

/**
 * A parsed and bounded envelope (docs/spec/envelope.md §3). Nothing in it is authenticated yet. All bytes are views of
 * the payload's `data`.
 */
export interface Envelope {
  /** Format version. */
  readonly version: number;
  /** Suite. */
  readonly suite: number;
  /** 32 bytes. */
  readonly salt: Uint8Array;
  /** 32 bytes. */
  readonly commitment: Uint8Array;
  readonly context: EncryptionContext;
  /** One to eight; the first belongs to `encryption-key-id`. */
  readonly wrappedKeys: readonly [WrappedKey, ...WrappedKey[]];
  /** Everything before the ciphertext; part of the AAD. */
  readonly header: Uint8Array;
  readonly ciphertext: Uint8Array;
  /** 16 bytes. */
  readonly tag: Uint8Array;
}
