import { durationMs } from '../durations/duration-ms';
import { assertKnownOptions } from '../errors/assert-known-options';
import { ConfigurationError } from '../errors/configuration-error';
import type { DataKeyOptions } from './data-key-options';

/** {@link DataKeyOptions}, checked, with durations in milliseconds. */
export interface DataKeyLimits {
  readonly maxAgeMs: number;
  readonly maxMessages: number;
  readonly maxBytes: number;
  readonly maxStaleAgeMs: number;
  readonly cacheCapacity: number;
  readonly cacheTtlMs: number;
  readonly maxKeyrings: number;
}

const OPTIONS: ReadonlySet<string> = new Set([
  'maxAge',
  'maxMessages',
  'maxBytes',
  'maxStaleAge',
  'cacheCapacity',
  'cacheTtl',
  'maxKeyrings',
]);

/** A little below the longest delay of a Node timer: a longer one fires at once. */
const LONGEST = '24 days';

/** @throws ConfigurationError that names the field */
export function dataKeyLimits(options: DataKeyOptions = {}): DataKeyLimits {
  if (typeof (options as unknown) !== 'object' || (options as unknown) === null) {
    throw new ConfigurationError("dataKeys must be an object such as { maxAge: '1h' }.");
  }
  assertKnownOptions(options, OPTIONS, (name) => `dataKeys.${name}`);
  const maxAgeMs = durationMs('dataKeys.maxAge', options.maxAge ?? '1h', LONGEST);
  const staleByDefault = Math.max(maxAgeMs, 24 * 60 * 60 * 1000);
  const maxStaleAgeMs = durationMs('dataKeys.maxStaleAge', options.maxStaleAge ?? staleByDefault, LONGEST);
  if (maxStaleAgeMs < maxAgeMs) {
    throw new ConfigurationError('dataKeys.maxStaleAge must be at least dataKeys.maxAge.');
  }
  return {
    maxAgeMs,
    maxStaleAgeMs,
    maxMessages: count('maxMessages', options.maxMessages ?? 2 ** 20, 2 ** 32),
    maxBytes: count('maxBytes', options.maxBytes ?? 2 ** 36, Number.MAX_SAFE_INTEGER),
    cacheCapacity: count('cacheCapacity', options.cacheCapacity ?? 10_000, 1_000_000),
    cacheTtlMs: durationMs('dataKeys.cacheTtl', options.cacheTtl ?? '1h', LONGEST),
    maxKeyrings: count('maxKeyrings', options.maxKeyrings ?? 1000, 100_000),
  };
}

function count(field: string, value: number, most: number): number {
  if (!Number.isSafeInteger(value) || value < 1 || value > most) {
    throw new ConfigurationError(`dataKeys.${field} must be a whole number from 1 to ${String(most)}.`);
  }
  return value;
}
