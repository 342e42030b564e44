import { msToNumber } from '@temporalio/common/lib/time';
import { ConfigurationError } from './errors';

/** A duration as Temporal takes it: text such as `'1h'` or `'30 minutes'`, or a number of milliseconds. */
export type Duration = string | number;

/**
 * Refuses options that do not exist: a misspelt security option must not pass for an absent one.
 *
 * @param given the user's options
 * @param known names of all options
 * @param describe an option's name as it stands in the message
 * @throws ConfigurationError that names the first unknown option, and all known ones
 */
export function assertKnownOptions(
  given: object,
  known: ReadonlySet<string>,
  describe: (name: string) => string,
): void {
  const unknown = Object.keys(given).find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `${describe(unknown)} is not an option; there are ${[...known].join(', ')}.`,
    );
  }
}

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

/**
 * A whole number from 1 on.
 *
 * @param field name of the option, for the message
 * @throws ConfigurationError when it is none, or above `most`
 */
export function countOf(field: string, value: unknown, most: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= most) return value;
  throw new ConfigurationError(`${field} must be a whole number from 1 to ${String(most)}.`);
}

function parse(value: Duration): number {
  try {
    return msToNumber(value as Parameters<typeof msToNumber>[0]);
  } catch {
    return Number.NaN;
  }
}
