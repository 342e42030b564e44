import { ConfigurationError } from '@waxseal/core';

const MAX_CHARACTERS = 1000;
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** @throws ConfigurationError unless `value` is a text of 1 to 1,000 characters without control characters */
export function asText(value: unknown, field: string): string {
  if (typeof value !== 'string' || value === '' || value.length > MAX_CHARACTERS || CONTROL.test(value)) {
    throw new ConfigurationError(
      `${field} must be a text of 1 to 1,000 characters without control characters.`,
    );
  }
  return value;
}
