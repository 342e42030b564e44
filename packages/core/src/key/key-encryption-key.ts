import { ConfigurationError } from '../base/errors';
import { KeyServiceError } from '../base/key-service-error';

/**
 * A key-encryption key: wraps and unwraps data keys, and never leaves its service. This is the interface that
 * a key provider implements.
 *
 * - Data keys are made by the caller; a provider only wraps them.
 * - Construction validates and makes no call.
 * - Every rejection is a `KeyServiceError` that holds no key bytes.
 */
export interface KeyEncryptionKey {
  /**
   * Stable name of the key. Written in clear into each envelope, unless the service reports a version
   * (`WrappedKey.keyId`).
   */
  readonly id: KeyId;

  /** Short name of the kind of service for metrics, such as `aws-kms`. Optional. */
  readonly provider?: string;

  /** Whether the service authenticates `aad`. False where it has nowhere to put it (Azure RSA-OAEP). */
  readonly bindsAad: boolean;

  /**
   * How long data keys of it are kept in memory at most, in milliseconds, in an outage too: for a key that
   * can be removed for good. Optional: without it, the codec's options count alone.
   */
  readonly keepDataKeysMs?: number;

  /**
   * Whether a wrapped key that names `keyId` was made by this key or by a version of it. Optional: without
   * it, `keyId` must equal {@link id}. The ID comes from a payload and is untrusted: it may only be compared,
   * never resolved.
   */
  owns?(keyId: KeyId): boolean;

  /**
   * Wraps one data key.
   *
   * @param dataKey 32 bytes. Read during the call only; the caller zeroes it afterwards.
   * @param aad 1 to 256 bytes that the service authenticates where it can. Static for a keyring: never a
   *   workflow ID.
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
   * Asks the service about the key: whether it is there, and in what state. Optional; needs rights that
   * wrapping does not need.
   *
   * @throws KeyServiceError
   */
  describe?(options?: KeyDescribeOptions): Promise<KeyDescription>;

  /**
   * Asks the service who the caller is and whether it may wrap and unwrap, without wrapping or unwrapping
   * anything. Optional.
   *
   * @param aad what the rights may be bound to by a condition
   * @throws KeyServiceError when the service cannot be asked; a right that is missing is an answer
   */
  checkPermissions?(aad: Uint8Array, options?: KeyRequestOptions): Promise<KeyPermissions>;
}

/** What a caller may say about one wrap or unwrap. */
export interface KeyRequestOptions {
  /**
   * Ends the request early; the call then rejects with a `KeyServiceError` of reason `timeout` or
   * `unavailable`.
   */
  readonly signal?: AbortSignal;
  /**
   * Deadlines and attempts; a keyring gives its own. What is left out is 2 seconds for an attempt, 6 for all,
   * and three attempts. To be handed to `requestKeyService`.
   */
  readonly limits?: Partial<KeyRequestLimits>;
}

/** Deadlines and attempts of one request to a key service, in milliseconds. */
export interface KeyRequestLimits {
  readonly attemptTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly maxAttempts: number;
}

/** A data key under a key-encryption key. Safe to store in clear. */
export interface WrappedKey {
  /** The key, and where the service tells it the version of it, that wrapped the data key. */
  readonly keyId: KeyId;
  /** What the service returned, unchanged: 1 to 4,096 bytes. Not written to after it was handed over. */
  readonly bytes: Uint8Array;
}

/** Bytes of a data key (docs/spec/envelope.md §1). */
export const DATA_KEY_BYTES = 32;

/** Largest wrapped key, in bytes (docs/spec/envelope.md §3). */
export const MAX_WRAPPED_KEY_BYTES = 4096;

/**
 * Checks a wrapped key before a service is asked to unwrap it: the writer of a payload chooses its key ID
 * and its bytes. A keyring checks what it hands to its keys; a provider checks too, since it can be asked
 * without a keyring, as the conformance suite does.
 *
 * @param isOwn whether `wrapped.keyId` names the key that is to unwrap; an expression that TypeScript narrows
 *   by
 * @throws KeyServiceError `not-found` when it does not, `rejected-ciphertext` when the bytes are not 1 to
 *   4,096
 */
export function assertUnwrappable(wrapped: WrappedKey, isOwn: boolean): asserts isOwn {
  if (!isOwn) throw new KeyServiceError(wrapped.keyId, 'not-found');
  const { length } = wrapped.bytes;
  if (!(length >= 1 && length <= MAX_WRAPPED_KEY_BYTES)) {
    throw new KeyServiceError(wrapped.keyId, 'rejected-ciphertext');
  }
}

/** What `KeyEncryptionKey.describe` takes. */
export interface KeyDescribeOptions extends KeyRequestOptions {
  /**
   * Whether to tell {@link KeyDescription.history} too, which may take further requests and rights. Default:
   * false.
   */
  readonly history?: boolean;
}

/**
 * What a key service says of a key now. Of use to a person, and to `waxseal doctor`; nothing is decided by
 * it.
 */
export interface KeyDescription {
  /** The service, as its vendor writes it: `AWS KMS`. */
  readonly service: string;
  /** The service's full name of the key: an ARN, a resource name, a URL. */
  readonly name: string;
  /** The service's own word for the key's state, such as `Enabled` or `PendingDeletion`. */
  readonly state: string;
  /** Whether a key in that state wraps and unwraps. */
  readonly isUsable: boolean;
  /** The version or generation that wraps now, where the service tells. */
  readonly version: string | undefined;
  /**
   * By how many milliseconds the service's clock is ahead of this machine's, where its answers tell. Whoever
   * signs requests, or logs in with tokens, depends on it.
   */
  readonly clockAheadMs?: number | undefined;
  /** More that a person may want to know, by name: algorithm, protection level, rotation. Nothing secret. */
  readonly details: Readonly<Record<string, string>>;
  /** Only where it was asked for, and the provider knows how. */
  readonly history?: KeyHistory | undefined;
}

/** What a key service's own record says of a key. */
export interface KeyHistory {
  readonly createdAt?: Date | undefined;
  /** When the service deletes the key, or the version that wraps, where that is pending. */
  readonly deletedAt?: Date | undefined;
  /** Automatic rotation, for a person: `off`, `every 90 days, next on 2027-01-05`. */
  readonly rotation?: string | undefined;
  /** The newest first, at most 50 of them. */
  readonly versions?: readonly KeyVersionHistory[] | undefined;
  /** Whether the key has more versions than are told. */
  readonly hasMoreVersions?: boolean | undefined;
  /** The last use, by whomever; `at` is `undefined` where there was none since the service keeps a record. */
  readonly lastUse?:
    | { readonly at: Date | undefined; readonly operation?: string; readonly recordedSince: Date | undefined }
    | undefined;
  /** What the service was asked and did not tell, and why: a clause each for a person. Nothing secret. */
  readonly untold: readonly string[];
}

/** One version, or generation of material, of a key. */
export interface KeyVersionHistory {
  /** As {@link KeyDescription.version} names it. */
  readonly version: string;
  readonly createdAt?: Date | undefined;
  /** The service's own word. */
  readonly state?: string | undefined;
  /** When the service destroys it, where that is pending, or it expires. */
  readonly endsAt?: Date | undefined;
}

/**
 * Whether the caller may do one thing with a key. `undefined` where the service cannot be asked without doing
 * it.
 */
export type KeyPermission =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly error: KeyServiceError }
  | { readonly allowed: undefined; readonly because: string };

/** Who the caller is to the key service, and what it may do with a key. */
export interface KeyPermissions {
  /**
   * The service's name of the caller: a role ARN, a service account, an object ID. `undefined` where it does
   * not tell.
   */
  readonly caller: string | undefined;
  /**
   * Why `caller` is not known, where something could be done about it: a package that is not installed, a
   * service that did not answer. A clause for a person.
   */
  readonly callerUnknownBecause?: string | undefined;
  readonly wrap: KeyPermission;
  readonly unwrap: KeyPermission;
}

/**
 * Identifies one key-encryption key, or one version of it. 1 to 1,024 bytes of UTF-8 without control
 * characters, written in clear into each envelope and into `metadata["encryption-key-id"]`
 * (docs/spec/envelope.md §3).
 */
export type KeyId = string;

/** Largest key ID, in bytes of UTF-8. */
export const MAX_KEY_ID_BYTES = 1024;

// A key ID is shown in terminals, logs and the Web UI.
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f]/;

/** Whether `value` can stand as a key ID in an envelope. */
export function isKeyId(value: unknown): value is KeyId {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    value.isWellFormed() &&
    !FORBIDDEN.test(value) &&
    Buffer.byteLength(value) <= MAX_KEY_ID_BYTES
  );
}

/**
 * @param field name of the option, for the message
 * @throws {@link ConfigurationError} when `value` cannot stand as a key ID
 */
export function assertKeyId(value: unknown, field: string): asserts value is KeyId {
  if (!isKeyId(value)) {
    throw new ConfigurationError(
      `${field} must be a string of 1 to ${String(MAX_KEY_ID_BYTES)} bytes of UTF-8 without control characters.`,
    );
  }
}
