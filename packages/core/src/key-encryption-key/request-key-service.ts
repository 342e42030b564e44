import { setTimeout as delay } from 'node:timers/promises';

import { KeyServiceError, type KeyServiceErrorReason } from '../errors/key-service-error';
import { endOnAbort, startDeadline } from '../base/deadline';
import type { KeyId } from './key-id';
import type { KeyRequestOptions } from './key-request-options';
import type { KeyRequestLimits } from './key-request-policy';

/** One wrap or unwrap, as a provider puts it to its service. */
export interface KeyServiceRequest<T> {
  /** The key that is asked, for the error. */
  readonly keyId: KeyId;
  readonly limits: KeyRequestLimits;
  /** What the caller of the provider gave: its signal, and limits that take the place of {@link limits}. */
  readonly options: KeyRequestOptions | undefined;
  /** Asks once. It should honour the signal; if it does not, its answer is not waited for. */
  readonly attempt: (signal: AbortSignal) => Promise<T>;
  /** The provider's table: what an error of its service means. */
  readonly reasonOf: (error: unknown) => KeyServiceErrorReason;
}

/** What may pass by itself within seconds. */
const RETRIED: ReadonlySet<KeyServiceErrorReason> = new Set(['throttled', 'unavailable', 'timeout']);
const FIRST_BACKOFF_MS = 100;

/**
 * Asks a key service, each attempt and all of them within their deadlines, and again with full jitter
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/) after what may pass by itself.
 *
 * @throws KeyServiceError with the reason of the last attempt; `timeout` past a deadline, `unavailable` when the caller's
 *   signal is aborted. The service's own error is its `cause`.
 */
export async function requestKeyService<T>(request: KeyServiceRequest<T>): Promise<T> {
  const limits = { ...request.limits, ...request.options?.limits };
  const total = startDeadline(limits.totalTimeoutMs, request.options?.signal);
  try {
    return await requestWithRetries(request, limits, total.signal);
  } finally {
    total.end();
  }
}

async function requestWithRetries<T>(
  { keyId, reasonOf, options, ...request }: KeyServiceRequest<T>,
  limits: KeyRequestLimits,
  total: AbortSignal,
): Promise<T> {
  const isCancelled = (): boolean => options?.signal?.aborted === true;
  for (let count = 1; ; count++) {
    const attempt = startDeadline(limits.attemptTimeoutMs, total);
    let failure: KeyServiceError;
    try {
      return await endOnAbort(request.attempt(attempt.signal), attempt.signal);
    } catch (cause) {
      if (isCancelled()) throw new KeyServiceError(keyId, 'unavailable', { cause });
      const reason = attempt.signal.aborted ? 'timeout' : reasonOf(cause);
      failure = new KeyServiceError(keyId, reason, { cause });
    } finally {
      attempt.end();
    }
    if (total.aborted || count === limits.maxAttempts || !RETRIED.has(failure.reason)) throw failure;
    const backoffMs = Math.random() * FIRST_BACKOFF_MS * 4 ** (count - 1);
    try {
      await delay(backoffMs, undefined, { signal: total });
    } catch {
      throw isCancelled() ? new KeyServiceError(keyId, 'unavailable') : failure;
    }
  }
}
