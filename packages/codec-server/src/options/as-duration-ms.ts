import type { Duration } from '@temporalio/common';
import { msToNumber } from '@temporalio/common/lib/time';
import { ConfigurationError } from '@waxseal/core';

/** What durations a field takes. */
export interface DurationRange {
  readonly minMs: number;
  readonly maxMs: number;
  /** The range in words, such as `from 1 second to 1 hour`. */
  readonly words: string;
}

/**
 * @returns the duration in milliseconds
 * @throws ConfigurationError that names the field
 */
export function asDurationMs(value: unknown, field: string, { minMs, maxMs, words }: DurationRange): number {
  const ms = toMs(value);
  if (ms === undefined || !(ms >= minMs && ms <= maxMs)) {
    throw new ConfigurationError(`${field} must be a duration such as "10s", ${words}.`);
  }
  return ms;
}

function toMs(value: unknown): number | undefined {
  try {
    return msToNumber(value as Duration);
  } catch {
    return undefined;
  }
}
