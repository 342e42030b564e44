import { ApplicationFailure } from '@temporalio/common';

import type { TemporalTraits } from './temporal-traits';

/**
 * The codes that a {@link WaxsealError} can carry. Codes are stable across versions: match on `code`, not on the
 * class or the message.
 */
export type WaxsealErrorCode =
  | 'WAXSEAL_CONFIGURATION'
  | 'WAXSEAL_MALFORMED_ENVELOPE'
  | 'WAXSEAL_UNKNOWN_KEY'
  | 'WAXSEAL_DECRYPTION_FAILED'
  | 'WAXSEAL_CONTEXT_MISMATCH'
  | 'WAXSEAL_UNENCRYPTED_PAYLOAD'
  | 'WAXSEAL_KEY_SERVICE'
  | 'WAXSEAL_CODEC_CLOSED';

/** Options that every Waxseal error's constructor takes. */
export interface WaxsealErrorOptions {
  /** What was caught, when the error wraps another. It must hold no secret: runtimes print it. */
  readonly cause?: unknown;
}

/**
 * The base of all errors that Waxseal throws on purpose. To Temporal it is an `ApplicationFailure`: activities are retried as
 * `nonRetryable` and `nextRetryDelay` say, and `type` can be named in a retry policy (docs/operations.md).
 *
 * A message says what to do next. It may hold key IDs, sizes, namespaces, field names and codes; it never holds key
 * bytes, plaintext or ciphertext, because Temporal writes codec errors to history and to logs in clear.
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
}
