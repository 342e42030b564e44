import { durationMs } from '../durations/duration-ms';
import { assertKnownOptions } from '../errors/assert-known-options';
import { ConfigurationError } from '../errors/configuration-error';
import type { KeyRequestLimits } from '../key-encryption-key/key-request-policy';
import { keyRequestLimits } from '../key-encryption-key/key-request-policy';
import type { RequestQueueLimits } from './request-queue';
import type { KeyGuardOptions } from './key-guard-options';

/** {@link KeyGuardOptions}, checked, in milliseconds. */
export interface KeyGuardLimits {
  /** What is handed to providers; what the user left out is left to them. */
  readonly request: Partial<KeyRequestLimits>;
  readonly totalTimeoutMs: number;
  readonly askNextAfterMs: number;
  readonly queue: RequestQueueLimits;
  /** Data keys that one `decode` asks for at most. */
  readonly maxUnwrapsPerDecode: number;
  readonly breaker: { readonly failures: number; readonly openForMs: number };
  readonly refusalsForMs: number;
}

const OPTIONS: ReadonlySet<string> = new Set([
  'attemptTimeout',
  'totalTimeout',
  'maxAttempts',
  'askNextAfter',
  'maxConcurrent',
  'maxQueued',
  'maxUnwrapsPerDecode',
  'breakerFailures',
  'breakerOpenFor',
  'refusalsFor',
]);
const LONGEST = '60s';

/** Of wrapped keys that wait to be unwrapped: 16 MiB for each key of a keyring. */
const MAX_QUEUED_BYTES = 2 ** 24;

/** @throws ConfigurationError that names the field */
export function keyGuardLimits(options: KeyGuardOptions = {}): KeyGuardLimits {
  if (typeof (options as unknown) !== 'object' || (options as unknown) === null) {
    throw new ConfigurationError("Keyring: requests must be an object such as { totalTimeout: '6s' }.");
  }
  assertKnownOptions(options, OPTIONS, (name) => `Keyring: requests.${name}`);
  const { attemptTimeout, totalTimeout, maxAttempts } = options;
  const all = keyRequestLimits({ attemptTimeout, totalTimeout, maxAttempts }, 'Keyring', 'requests');
  const duration = (field: 'askNextAfter' | 'breakerOpenFor' | 'refusalsFor', byDefault: string): number =>
    durationMs(`Keyring: requests.${field}`, options[field] ?? byDefault, LONGEST);
  return {
    request: {
      ...(attemptTimeout === undefined ? {} : { attemptTimeoutMs: all.attemptTimeoutMs }),
      ...(totalTimeout === undefined ? {} : { totalTimeoutMs: all.totalTimeoutMs }),
      ...(maxAttempts === undefined ? {} : { maxAttempts: all.maxAttempts }),
    },
    totalTimeoutMs: all.totalTimeoutMs,
    askNextAfterMs: duration('askNextAfter', '1500ms'),
    queue: {
      atOnce: count('maxConcurrent', options.maxConcurrent ?? 32, 10_000),
      maxQueued: count('maxQueued', options.maxQueued ?? 10_000, 1_000_000),
      maxQueuedBytes: MAX_QUEUED_BYTES,
    },
    maxUnwrapsPerDecode: count('maxUnwrapsPerDecode', options.maxUnwrapsPerDecode ?? 10_000, 1_000_000),
    breaker: {
      failures: count('breakerFailures', options.breakerFailures ?? 5, 1_000),
      openForMs: duration('breakerOpenFor', '5s'),
    },
    refusalsForMs: duration('refusalsFor', '5s'),
  };
}

function count(field: string, value: unknown, most: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= most) return value;
  throw new ConfigurationError(
    `Keyring: requests.${field} must be a whole number from 1 to ${String(most)}.`,
  );
}
