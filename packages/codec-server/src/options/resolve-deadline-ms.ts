import { asDurationMs } from './as-duration-ms';

const RANGE = {
  minMs: 100,
  maxMs: 7_999,
  words:
    'at least 100 ms and below 8 s: the temporal CLI waits for ever, and its call to the server ends after 10 s',
};

/**
 * @returns the deadline of a request in milliseconds, 7 s by default
 * @throws ConfigurationError unless it is at least 100 ms and below 8 s
 */
export function resolveDeadlineMs(deadline: unknown = '7s'): number {
  return asDurationMs(deadline, 'deadline', RANGE);
}
