import type { Duration } from '@temporalio/common';
import { msToNumber } from '@temporalio/common/lib/time';
import { ConfigurationError } from '@waxseal/core';

const MIN_MS = 100;
const LIMIT_MS = 8_000;

/**
 * @returns the deadline of a request in milliseconds, 7 s by default
 * @throws ConfigurationError unless it is at least 100 ms and below 8 s
 */
export function resolveDeadlineMs(deadline: Duration = '7s'): number {
  const ms = toMs(deadline);
  if (ms === undefined || !(ms >= MIN_MS && ms < LIMIT_MS)) {
    throw new ConfigurationError(
      'deadline must be a duration such as "7s", at least 100 ms and below 8 s: the temporal CLI waits for ever, and its call to the server ends after 10 s.',
    );
  }
  return ms;
}

function toMs(deadline: Duration): number | undefined {
  try {
    return msToNumber(deadline);
  } catch {
    return undefined;
  }
}
