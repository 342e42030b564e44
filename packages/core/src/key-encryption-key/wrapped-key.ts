import type { KeyId } from './key-id';

/** A data key under a key-encryption key. Safe to store in clear. */
export interface WrappedKey {
  /** The key, and where the service tells it the version of it, that wrapped the data key. */
  readonly keyId: KeyId;
  /** What the service returned, unchanged: 1 to 4,096 bytes. Nobody writes to it after it was handed over. */
  readonly bytes: Uint8Array;
}

/** Largest wrapped key, in bytes (docs/spec/envelope.md §3). */
export const MAX_WRAPPED_KEY_BYTES = 4096;
