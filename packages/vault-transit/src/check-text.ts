import { ConfigurationError } from '@waxseal/core';

/**
 * @param field name of the option, for the message
 * @param pattern what the text must match; the message does not show the text
 * @throws ConfigurationError when `value` is no such text
 */
export function checkText(value: unknown, field: string, pattern: RegExp, what: string): string {
  if (typeof value !== 'string' || !pattern.test(value)) {
    throw new ConfigurationError(`VaultTransitKey: ${field} must be ${what}.`);
  }
  return value;
}
