import type { KeyId } from '../key-encryption-key/key-id';

/** A data key that encrypts, for an observer. */
export interface DataKeyState {
  /** The key-encryption key that wrapped it, with its version. */
  readonly keyId: KeyId;
  readonly ageMs: number;
  /** Payloads that were encrypted under it. */
  readonly messages: number;
  /** Bytes of plaintext that were encrypted under it. */
  readonly bytes: number;
}
