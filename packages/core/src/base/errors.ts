import { ApplicationFailure } from '@temporalio/common';

/**
 * The codes that a {@link WaxsealError} can carry. Codes are stable across versions: match on `code`, not on
 * the class or the message.
 */
export type WaxsealErrorCode =
  | 'WAXSEAL_CONFIGURATION'
  | 'WAXSEAL_MALFORMED_ENVELOPE'
  | 'WAXSEAL_UNKNOWN_KEY'
  | 'WAXSEAL_DECRYPTION_FAILED'
  | 'WAXSEAL_CONTEXT_MISMATCH'
  | 'WAXSEAL_UNENCRYPTED_PAYLOAD'
  | 'WAXSEAL_KEY_SERVICE'
  | 'WAXSEAL_PAYLOAD_TOO_LARGE'
  | 'WAXSEAL_CODEC_CLOSED'
  | 'WAXSEAL_STORE'
  | 'WAXSEAL_TOKEN'
  | 'WAXSEAL_SUBJECT_SHREDDED'
  | 'WAXSEAL_COMPRESSION'
  | 'WAXSEAL_PEER_FORMAT'
  | 'WAXSEAL_HEADER'
  | 'WAXSEAL_CONFIDENTIAL';

/** The page that explains each code; `docs/errors.md` is its source. */
const HELP = 'https://waxseal.github.io/waxseal/errors';

/** Where a code of an error or a warning is explained: what causes it, and what to do next. */
export function helpFor(code: string): string {
  return `${HELP}#${code.toLowerCase()}`;
}

/** Codes of warnings, each of which docs/errors.md explains too. */
export type WarningCode =
  | 'WAXSEAL_FAILURES_IN_CLEAR'
  | 'WAXSEAL_WRITES_IN_CLEAR'
  | 'WAXSEAL_FAILURE_REDACTED'
  | 'WAXSEAL_THRASHING'
  | 'WAXSEAL_SHARED_KEY_FORGED'
  | 'WAXSEAL_HEADERS_NOT_READ';

/**
 * Warns an operator, on standard error or by the process's `warning` event. How often is the caller's to
 * bound.
 *
 * @param text with the next step; no secret in it
 */
export function warn(code: WarningCode, text: string): void {
  process.emitWarning(text, { type: 'WaxsealWarning', code, detail: helpFor(code) });
}

/** Options that every Waxseal error's constructor takes. */
export interface WaxsealErrorOptions {
  /** What was caught, when the error wraps another. It must hold no secret: runtimes print it. */
  readonly cause?: unknown;
}

/**
 * The base of all errors that Waxseal throws on purpose. To Temporal it is an `ApplicationFailure`:
 * activities are retried as `nonRetryable` and `nextRetryDelay` say, and `type` can be named in a retry
 * policy (docs/operations.md).
 *
 * A message says what to do next. It may hold key IDs, sizes, namespaces, field names and codes; it never
 * holds key bytes, plaintext or ciphertext, because Temporal writes codec errors to history and to logs in
 * clear.
 */
export abstract class WaxsealError extends ApplicationFailure {
  /** Stable, machine-readable code of the error. */
  abstract readonly code: WaxsealErrorCode;

  /** Whether the same call may succeed later with nothing changed by an operator. */
  readonly retryable: boolean;

  protected constructor(
    message: string,
    retryable: boolean,
    { type, isFinal, nextRetryDelay }: TemporalTraits,
    options?: WaxsealErrorOptions,
  ) {
    // The SDK takes an Error; what a provider threw can be anything.
    super(message, type, isFinal, undefined, options?.cause as Error | undefined, nextRetryDelay);
    this.retryable = retryable;
  }

  /** Address of the page that says what causes an error of this code, and what to do next. */
  get help(): string {
    return helpFor(this.code);
  }
}

/** An option, a key file or an environment variable is missing or not usable. The message names the field. */
export class ConfigurationError extends WaxsealError {
  override readonly name = 'ConfigurationError';
  readonly code = 'WAXSEAL_CONFIGURATION';

  constructor(message: string, options?: WaxsealErrorOptions) {
    super(message, false, { type: 'WaxsealConfiguration', ...RETRY_AFTER_FIX }, options);
  }
}

/** The bytes are not an envelope of a version that this release reads (docs/spec/envelope.md §8). */
export class MalformedEnvelopeError extends WaxsealError {
  override readonly name = 'MalformedEnvelopeError';
  readonly code = 'WAXSEAL_MALFORMED_ENVELOPE';

  constructor(message: string, options?: WaxsealErrorOptions) {
    super(message, false, { type: 'WaxsealMalformedEnvelope', ...NEVER_RETRY }, options);
  }
}

/** The payload's data key is wrapped by a key that the keyring does not hold. No key service was asked. */
export class UnknownKeyError extends WaxsealError {
  override readonly name = 'UnknownKeyError';
  readonly code = 'WAXSEAL_UNKNOWN_KEY';

  /**
   * The key ID that the payload names in `encryption-key-id`. It comes from the payload: treat it as
   * untrusted.
   */
  readonly keyId: string;

  constructor(keyId: string, options?: WaxsealErrorOptions) {
    super(
      `No key in the keyring has the ID ${quote(keyId)}. If the payload is yours, add that key to the keyring's decryptOnly list.`,
      false,
      { type: 'WaxsealUnknownKey', ...RETRY_AFTER_FIX },
      options,
    );
    this.keyId = keyId;
  }
}

/**
 * The envelope could not be opened with the data key that was unwrapped. One outcome for every cause (a
 * commitment that differs, a tag that fails, a content that is no payload), so that the error is no oracle
 * (docs/spec/envelope.md §8).
 */
export class DecryptionError extends WaxsealError {
  override readonly name = 'DecryptionError';
  readonly code = 'WAXSEAL_DECRYPTION_FAILED';

  constructor(options?: WaxsealErrorOptions) {
    super(
      'The payload could not be decrypted: it was changed after it was encrypted, or its key is not the one it names. Restore the original payload from history; retrying will not help.',
      false,
      { type: 'WaxsealDecryptionFailed', ...NEVER_RETRY },
      options,
    );
  }
}

/** The payload was encrypted for another namespace or workflow than the one it is being decoded in. */
export class ContextMismatchError extends WaxsealError implements ContextMismatch {
  override readonly name = 'ContextMismatchError';
  readonly code = 'WAXSEAL_CONTEXT_MISMATCH';

  /** Key of the entry that differs: `namespace` or `workflow-id`. */
  readonly field: string;
  /** Value recorded in the envelope's header. */
  readonly recorded: string;
  /** Value that Temporal gave at decoding. */
  readonly expected: string;

  constructor({ field, recorded, expected }: ContextMismatch) {
    super(
      `The payload was encrypted for ${field} ${quote(recorded)}, but it is being decoded in ${quote(expected)}. ` +
        'If the namespace was renamed or migrated, list the old name in namespaceAliases; if payloads move between workflows by design, use binding "namespace" or onContextMismatch.',
      false,
      { type: 'WaxsealContextMismatch', ...NEVER_RETRY },
    );
    this.field = field;
    this.recorded = recorded;
    this.expected = expected;
  }
}

/** One fact that differs between an envelope and the place where it is decoded. */
export interface ContextMismatch {
  /** `namespace` or `workflow-id`. */
  readonly field: string;
  /** Value in the envelope's header. */
  readonly recorded: string;
  /** Value that Temporal gave at decoding. */
  readonly expected: string;
}

/** A payload that is not an envelope was refused, because `requireEncryption` is set. */
export class UnencryptedPayloadError extends WaxsealError {
  override readonly name = 'UnencryptedPayloadError';
  readonly code = 'WAXSEAL_UNENCRYPTED_PAYLOAD';

  constructor() {
    super(
      'A payload that is not an envelope was refused, because requireEncryption is set. If plaintext is expected here, unset it for this reader.',
      false,
      { type: 'WaxsealUnencryptedPayload', ...NEVER_RETRY },
    );
  }
}

/** The codec was used after `close()`; its keys are gone. */
export class CodecClosedError extends WaxsealError {
  override readonly name = 'CodecClosedError';
  readonly code = 'WAXSEAL_CODEC_CLOSED';

  constructor() {
    super(
      'The codec is closed. Close it only after the workers and clients that use it have stopped.',
      false,
      { type: 'WaxsealCodecClosed', ...RETRY_AFTER_FIX },
    );
  }
}

/** What an error is to Temporal, which retries activities by it. */
export interface TemporalTraits {
  /** Type of the `ApplicationFailure`. Stands in histories in clear. */
  readonly type: string;
  /**
   * Whether trying again is useless even after an operator's help: the payload itself is not as it should be.
   */
  readonly isFinal: boolean;
  /** How long Temporal should wait before it tries an activity again. */
  readonly nextRetryDelay?: `${number}s`;
}

/** Of what an operator can mend: to be tried again, and not often. */
export const RETRY_AFTER_FIX = { isFinal: false, nextRetryDelay: '30s' } as const;

/** Of what cannot be mended. */
export const NEVER_RETRY = { isFinal: true } as const;

/**
 * Whether `error` is a Waxseal error, decided by its `code`, so that it also holds for an error from a second
 * copy of this package or from another realm.
 */
export function isWaxsealError(error: unknown): error is WaxsealError {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('WAXSEAL_') &&
    'retryable' in error
  );
}

/**
 * A copy of an error of Waxseal's, and any other as it is. For an error that several callers get: Temporal's
 * SDK writes into the one that it is given.
 */
export function copyOf(error: unknown): Error {
  if (!isWaxsealError(error)) return error as Error;
  return Object.create(
    Object.getPrototypeOf(error) as object,
    Object.getOwnPropertyDescriptors(error),
  ) as Error;
}

/** Throws {@link copyOf} an error. */
export function rethrowCopy(error: unknown): never {
  throw copyOf(error);
}

/** Longest text that a message quotes, in UTF-16 code units. */
const MAX_QUOTED = 256;

/**
 * A text in quotes, for messages. It may come from a payload: what a terminal would act on is escaped, and a
 * long text is cut.
 */
export function quote(text: string): string {
  return escapeUnprintable(JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text));
}

// Controls, invisible characters and changes of direction: what a terminal or a page would act on.
const UNPRINTABLE = /[\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/**
 * JSON text whose strings cannot steer a terminal: what `JSON.stringify` leaves of control, invisible and
 * direction characters is escaped. It is the same JSON.
 */
export function escapeUnprintable(json: string): string {
  return json.replace(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
