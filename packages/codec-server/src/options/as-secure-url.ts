import { ConfigurationError } from '@waxseal/core';
import { isSecureUrl } from '../auth/is-secure-url';
import { asText } from './as-text';

/**
 * @returns the text as it was given
 * @throws ConfigurationError unless it is an HTTPS URL, or an HTTP one of loopback
 */
export function asSecureUrl(value: unknown, field: string): string {
  const text = asText(value, field);
  if (!isSecureUrl(text)) {
    throw new ConfigurationError(
      `${field} must be an HTTPS URL such as "https://login.example.com/": whoever can change what comes from there can sign in as anybody. HTTP is accepted on loopback only.`,
    );
  }
  return text;
}
