import { ConfigurationError } from '@waxseal/core';
import { asObject } from './as-object';
import type { RateLimit } from './rate-limit';

const FIELDS: ReadonlySet<string> = new Set<keyof RateLimit>(['requestsPerSecond', 'burst']);

/**
 * @returns undefined where there is no limit
 * @throws ConfigurationError that names the field
 */
export function resolveRateLimit(value: unknown, field: string): RateLimit | undefined {
  if (value === undefined) return undefined;
  const { requestsPerSecond, burst } = asObject(value, field, FIELDS);
  if (typeof requestsPerSecond !== 'number' || !(requestsPerSecond > 0 && requestsPerSecond <= 100_000)) {
    throw new ConfigurationError(`${field}.requestsPerSecond must be a number above 0, at most 100,000.`);
  }
  if (typeof burst !== 'number' || !Number.isInteger(burst) || burst < 1 || burst > 1_000_000) {
    throw new ConfigurationError(
      `${field}.burst must be a whole number from 1 to 1,000,000. A page of the Web UI asks up to some hundred times at once.`,
    );
  }
  return { requestsPerSecond, burst };
}
