import type { KeyDescription } from './key-description';
import type { KeyId } from './key-id';
import type { KeyPermissions } from './key-permissions';
import type { KeyRequestOptions } from './key-request-options';
import type { WrappedKey } from './wrapped-key';

/**
 * A key-encryption key: wraps and unwraps data keys, and never leaves its service. This is the interface that a key
 * provider implements.
 *
 * - Data keys are made by the caller; a provider only wraps them.
 * - Construction validates and makes no call.
 * - Every rejection is a `KeyServiceError` that holds no key bytes.
 */
export interface KeyEncryptionKey {
  /** Stable name of the key. Written in clear into each envelope, unless the service reports a version (`WrappedKey.keyId`). */
  readonly id: KeyId;

  /** Short name of the kind of service for metrics, such as `aws-kms`. Optional. */
  readonly provider?: string;

  /** Whether the service authenticates `aad`. False where it has nowhere to put it (Azure RSA-OAEP). */
  readonly bindsAad: boolean;

  /**
   * Whether a wrapped key that names `keyId` was made by this key or by a version of it. Optional: without it, `keyId`
   * must equal {@link id}. The ID comes from a payload and is untrusted: it may only be compared, never resolved.
   */
  owns?(keyId: KeyId): boolean;

  /**
   * Wraps one data key.
   *
   * @param dataKey 32 bytes. Read during the call only; the caller zeroes it afterwards.
   * @param aad 1 to 256 bytes that the service authenticates where it can. Static for a keyring: never a workflow ID.
   * @returns the wrapped key in a fresh buffer, and the key ID (with version) that made it
   * @throws KeyServiceError
   */
  wrap(dataKey: Uint8Array, aad: Uint8Array, options?: KeyRequestOptions): Promise<WrappedKey>;

  /**
   * Unwraps one data key, with the key that `wrapped.keyId` names and no other.
   *
   * @returns 32 bytes in a fresh buffer that the caller owns and zeroes
   * @throws KeyServiceError
   */
  unwrap(wrapped: WrappedKey, aad: Uint8Array, options?: KeyRequestOptions): Promise<Uint8Array>;

  /**
   * Asks the service about the key: whether it is there, and in what state. Optional; needs rights that wrapping does not
   * need.
   *
   * @throws KeyServiceError
   */
  describe?(options?: KeyRequestOptions): Promise<KeyDescription>;

  /**
   * Asks the service who the caller is and whether it may wrap and unwrap, without wrapping or unwrapping anything. Optional.
   *
   * @param aad what the rights may be bound to by a condition
   * @throws KeyServiceError when the service cannot be asked; a right that is missing is an answer
   */
  checkPermissions?(aad: Uint8Array, options?: KeyRequestOptions): Promise<KeyPermissions>;
}
