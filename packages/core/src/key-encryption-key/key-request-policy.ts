import { msToNumber } from '@temporalio/common/lib/time';

import { ConfigurationError } from '../errors/configuration-error';

/** How long and how often a provider asks its service for one wrap or unwrap. */
export interface KeyRequestPolicy {
  /**
   * Longest wait for one attempt: text as Temporal takes it, or milliseconds.
   *
   * @default '2s'
   */
  readonly attemptTimeout?: string | number | undefined;
  /**
   * Longest wait for all attempts together. Keep it below Temporal's ten seconds for a workflow task.
   *
   * @default '6s'
   */
  readonly totalTimeout?: string | number | undefined;
  /**
   * Attempts at most.
   *
   * @default 3
   */
  readonly maxAttempts?: number | undefined;
}

/** {@link KeyRequestPolicy}, checked, in milliseconds. */
export interface KeyRequestLimits {
  readonly attemptTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly maxAttempts: number;
}

const OPTIONS: ReadonlySet<string> = new Set(['attemptTimeout', 'totalTimeout', 'maxAttempts']);
const MAX_TIMEOUT_MS = 60_000;
const MAX_ATTEMPTS = 10;

/**
 * @param policy what the user gave
 * @param provider class of the provider, for messages
 * @throws ConfigurationError that names the field
 */
export function keyRequestLimits(policy: KeyRequestPolicy | undefined, provider: string): KeyRequestLimits {
  const given = policy ?? {};
  const unknown = Object.keys(given).find((name) => !OPTIONS.has(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `${provider}: request.${unknown} is not an option; there are ${[...OPTIONS].join(', ')}.`,
    );
  }
  const maxAttempts = given.maxAttempts ?? 3;
  if (!Number.isSafeInteger(maxAttempts) || maxAttempts < 1 || maxAttempts > MAX_ATTEMPTS) {
    throw new ConfigurationError(
      `${provider}: request.maxAttempts must be a whole number from 1 to ${String(MAX_ATTEMPTS)}.`,
    );
  }
  return {
    attemptTimeoutMs: timeout(`${provider}: request.attemptTimeout`, given.attemptTimeout ?? '2s'),
    totalTimeoutMs: timeout(`${provider}: request.totalTimeout`, given.totalTimeout ?? '6s'),
    maxAttempts,
  };
}

function timeout(field: string, value: string | number): number {
  let milliseconds: number;
  try {
    milliseconds = msToNumber(value as Parameters<typeof msToNumber>[0]);
  } catch {
    milliseconds = Number.NaN;
  }
  if (!(milliseconds >= 1 && milliseconds <= MAX_TIMEOUT_MS)) {
    throw new ConfigurationError(`${field} must be a duration from 1 ms to 60 s, such as '2s'.`);
  }
  return Math.ceil(milliseconds);
}
