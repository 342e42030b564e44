import { msToNumber } from '@temporalio/common/lib/time';

import { ConfigurationError } from '../errors/configuration-error';
import type { DataKeyOptions, Duration } from './data-key-options';

/** {@link DataKeyOptions}, checked, with durations in milliseconds. */
export interface DataKeyLimits {
  readonly maxAgeMs: number;
  readonly maxMessages: number;
  readonly maxBytes: number;
  readonly maxStaleAgeMs: number;
  readonly cacheCapacity: number;
  readonly cacheTtlMs: number;
}

/** 24 days: a little below the longest delay of a Node timer. A longer one fires at once. */
const MAX_TIMER_MS = 24 * 24 * 60 * 60 * 1000;

/** @throws ConfigurationError that names the field */
export function dataKeyLimits(options: DataKeyOptions = {}): DataKeyLimits {
  if (typeof (options as unknown) !== 'object' || (options as unknown) === null) {
    throw new ConfigurationError("dataKeys must be an object such as { maxAge: '1h' }.");
  }
  const known = new Set(['maxAge', 'maxMessages', 'maxBytes', 'maxStaleAge', 'cacheCapacity', 'cacheTtl']);
  const unknown = Object.keys(options).find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(`dataKeys.${unknown} is not an option; there are ${[...known].join(', ')}.`);
  }
  const maxAgeMs = duration('maxAge', options.maxAge ?? '1h');
  const maxStaleAgeMs = duration(
    'maxStaleAge',
    options.maxStaleAge ?? Math.max(maxAgeMs, 24 * 60 * 60 * 1000),
  );
  if (maxStaleAgeMs < maxAgeMs) {
    throw new ConfigurationError('dataKeys.maxStaleAge must be at least dataKeys.maxAge.');
  }
  return {
    maxAgeMs,
    maxStaleAgeMs,
    maxMessages: count('maxMessages', options.maxMessages ?? 2 ** 20, 2 ** 32),
    maxBytes: count('maxBytes', options.maxBytes ?? 2 ** 36, Number.MAX_SAFE_INTEGER),
    cacheCapacity: count('cacheCapacity', options.cacheCapacity ?? 1000, 1_000_000),
    cacheTtlMs: duration('cacheTtl', options.cacheTtl ?? '1h'),
  };
}

function duration(field: string, value: Duration): number {
  let milliseconds: number;
  try {
    milliseconds = msToNumber(value as Parameters<typeof msToNumber>[0]);
  } catch {
    milliseconds = Number.NaN;
  }
  if (!(milliseconds >= 1 && milliseconds <= MAX_TIMER_MS)) {
    throw new ConfigurationError(
      `dataKeys.${field} must be a duration from 1 ms to 24 days, such as '1h' or a number of milliseconds.`,
    );
  }
  return Math.ceil(milliseconds);
}

function count(field: string, value: number, most: number): number {
  if (!Number.isSafeInteger(value) || value < 1 || value > most) {
    throw new ConfigurationError(`dataKeys.${field} must be a whole number from 1 to ${String(most)}.`);
  }
  return value;
}
