import { msToNumber } from '@temporalio/common/lib/time';

import { ConfigurationError } from '../errors/configuration-error';
import type { Duration } from './duration';

/**
 * A duration in whole milliseconds.
 *
 * @param field name of the option, for the message
 * @param most longest duration, as text
 * @throws ConfigurationError when it is no duration, below 1 ms or above `most`
 */
export function durationMs(field: string, value: Duration, most: string): number {
  const milliseconds = parse(value);
  if (!(milliseconds >= 1 && milliseconds <= parse(most))) {
    throw new ConfigurationError(
      `${field} must be a duration from 1 ms to ${most}, such as '2s' or a number of milliseconds.`,
    );
  }
  return Math.ceil(milliseconds);
}

function parse(value: Duration): number {
  try {
    return msToNumber(value as Parameters<typeof msToNumber>[0]);
  } catch {
    return Number.NaN;
  }
}
