import { ConfigurationError } from '@waxseal/core';

/** @throws ConfigurationError unless `value` is an array */
export function asList(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new ConfigurationError(`${field} must be an array.`);
  return value;
}
