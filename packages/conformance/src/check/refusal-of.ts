import type { KeyServiceError, KeyServiceErrorReason } from '@waxseal/core/provider';
import type { KeyProviderHarness } from '../key-provider-harness';
import { assertShowsNoSecret } from './secrets';

const RETRYABLE: ReadonlySet<KeyServiceErrorReason> = new Set([
  'throttled',
  'unavailable',
  'timeout',
  'unknown',
]);

/** A request that must fail, for {@link refusalOf}. */
interface ExpectedRefusal {
  /** The request, in words, for messages. */
  readonly of: string;
  readonly reasons: readonly KeyServiceErrorReason[];
  /** Data keys that were in play: no text of the error may show one. */
  readonly dataKeys: readonly Uint8Array[];
}

/**
 * The error of a request that must fail: a `KeyServiceError` with one of the reasons, whose `retryable` fits
 * its reason and which shows no secret.
 *
 * @throws Error when the request succeeds, or fails in another way
 */
export async function refusalOf(
  harness: KeyProviderHarness,
  expected: ExpectedRefusal,
  request: () => Promise<unknown>,
): Promise<KeyServiceError> {
  const error = await failureOf(expected.of, request);
  assertShowsNoSecret(error, `The error of ${expected.of}`, harness, expected.dataKeys);
  const { code, name, reason, retryable, keyId } = error as Partial<KeyServiceError>;
  if (code !== 'WAXSEAL_KEY_SERVICE' || reason === undefined || typeof keyId !== 'string') {
    throw new Error(
      `${expected.of} fails with ${String(name)} (${String(code)}), not with a KeyServiceError.`,
    );
  }
  if (!expected.reasons.includes(reason)) {
    throw new Error(
      `${expected.of} fails with reason ${reason}, not with ${expected.reasons.join(' or ')}.`,
      {
        cause: error,
      },
    );
  }
  if (retryable !== RETRYABLE.has(reason)) {
    throw new Error(`${expected.of} fails with reason ${reason} and retryable ${String(retryable)}.`);
  }
  return error as KeyServiceError;
}

/**
 * The error of a request that must fail.
 *
 * @param what the request, in words
 * @throws Error when it succeeds, throws before it returns a promise, or rejects with no error
 */
export async function failureOf(what: string, request: () => Promise<unknown>): Promise<object> {
  let started: Promise<unknown>;
  try {
    started = request();
  } catch (cause) {
    throw new Error(`${what} throws before it returns a promise; it must return one that rejects.`, {
      cause,
    });
  }
  try {
    await started;
  } catch (error) {
    if (typeof error === 'object' && error !== null) return error;
    throw new Error(`${what} rejects with something that is no error.`, { cause: error });
  }
  throw new Error(`${what} succeeds; it must fail.`);
}

/** How long `work` takes to resolve, in milliseconds. */
export async function elapsedMs(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
