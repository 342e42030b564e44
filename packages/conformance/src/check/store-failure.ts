import { isWaxsealError } from '@waxseal/core';
import type { StoreError, StoreErrorReason } from '@waxseal/store';
import type { StoreHarness } from '../store-harness';
import { failureOf } from './refusal-of';
import { assertShowsNoSecret } from './secrets';

const FINAL: ReadonlySet<StoreErrorReason> = new Set(['denied', 'schema']);

/** A request to a store that must fail, for {@link storeFailureOf}. */
interface ExpectedFailure {
  /** The request, in words, for messages. */
  readonly of: string;
  readonly reasons: readonly StoreErrorReason[];
  /** What it was given: no text of the error may show it. */
  readonly given?: readonly Uint8Array[];
}

/**
 * The error of a request that must fail: a `StoreError` with one of the reasons, whose `retryable` fits its
 * reason, and which shows nothing of what was given.
 *
 * @throws Error when the request succeeds, or fails in another way
 */
export async function storeFailureOf(
  harness: StoreHarness,
  { of, reasons, given = [] }: ExpectedFailure,
  request: () => Promise<unknown>,
): Promise<StoreError> {
  const error = await failureOf(of, request);
  assertShowsNoSecret(error, `The error of ${of}`, harness, given);
  const { code, name, reason, retryable } = error as Partial<StoreError>;
  if (code !== 'WAXSEAL_STORE' || reason === undefined) {
    throw new Error(`${of} fails with ${String(name)} (${String(code)}), not with a StoreError.`, {
      cause: error,
    });
  }
  if (!reasons.includes(reason)) {
    throw new Error(`${of} fails with reason ${reason}, not with ${reasons.join(' or ')}.`, { cause: error });
  }
  if (retryable !== !FINAL.has(reason)) {
    throw new Error(`${of} fails with reason ${reason} and retryable ${String(retryable)}.`);
  }
  return error as StoreError;
}

/**
 * The error of a request that must fail since the configuration is at fault.
 *
 * @throws Error when it succeeds, or fails in another way
 */
export async function configurationErrorOf(
  harness: StoreHarness,
  of: string,
  request: () => Promise<unknown>,
): Promise<void> {
  const error = await failureOf(of, request);
  assertShowsNoSecret(error, `The error of ${of}`, harness, []);
  if (!isWaxsealError(error) || error.code !== 'WAXSEAL_CONFIGURATION') {
    throw new Error(`${of} fails with ${(error as Error).name}, not with a ConfigurationError.`, {
      cause: error,
    });
  }
}
