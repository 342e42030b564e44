import type { Duration } from '../durations/duration';
import { durationMs } from '../durations/duration-ms';
import { assertKnownOptions } from '../errors/assert-known-options';
import { ConfigurationError } from '../errors/configuration-error';

/** How long and how often a provider asks its service for one wrap or unwrap. */
export interface KeyRequestPolicy {
  /**
   * Longest wait for one attempt: text as Temporal takes it, or milliseconds.
   *
   * @default '2s'
   */
  readonly attemptTimeout?: Duration | undefined;
  /**
   * Longest wait for all attempts together. Keep it below Temporal's ten seconds for a workflow task.
   *
   * @default '6s'
   */
  readonly totalTimeout?: Duration | undefined;
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
const LONGEST = '60s';
const MAX_ATTEMPTS = 10;

/**
 * @param policy what the user gave
 * @param provider class of the provider, for messages
 * @param option name of the option, for messages
 * @throws ConfigurationError that names the field
 */
export function keyRequestLimits(
  policy: KeyRequestPolicy | undefined,
  provider: string,
  option = 'request',
): KeyRequestLimits {
  const given = policy ?? {};
  assertKnownOptions(given, OPTIONS, (name) => `${provider}: ${option}.${name}`);
  const maxAttempts = given.maxAttempts ?? 3;
  if (!Number.isSafeInteger(maxAttempts) || maxAttempts < 1 || maxAttempts > MAX_ATTEMPTS) {
    throw new ConfigurationError(
      `${provider}: ${option}.maxAttempts must be a whole number from 1 to ${String(MAX_ATTEMPTS)}.`,
    );
  }
  return {
    attemptTimeoutMs: durationMs(
      `${provider}: ${option}.attemptTimeout`,
      given.attemptTimeout ?? '2s',
      LONGEST,
    ),
    totalTimeoutMs: durationMs(`${provider}: ${option}.totalTimeout`, given.totalTimeout ?? '6s', LONGEST),
    maxAttempts,
  };
}
