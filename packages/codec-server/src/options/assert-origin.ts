import { ConfigurationError } from '@waxseal/core';

/**
 * Checks one entry of `allowedOrigins`. Browsers compare origins byte by byte, so an entry must be written as they send it
 * (RFC 6454 §6.2).
 *
 * @throws ConfigurationError
 */
export function assertOrigin(origin: unknown, field: string): asserts origin is string {
  if (typeof origin !== 'string') {
    throw new ConfigurationError(`${field} must be a string such as "https://temporal.example.com".`);
  }
  const quoted = JSON.stringify(origin);
  if (origin === '*' || origin === 'null') {
    throw new ConfigurationError(
      `${field} is ${quoted}, which would let any page read decrypted payloads. List the origin of your Web UI instead.`,
    );
  }
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new ConfigurationError(
      `${field} is ${quoted}, which is not an origin. Write scheme, host and port, such as "https://temporal.example.com".`,
    );
  }
  if (url.origin !== origin) {
    throw new ConfigurationError(
      `${field} is ${quoted}, but browsers send ${JSON.stringify(url.origin)}. Write exactly that: no trailing slash, path, default port or capital letters.`,
    );
  }
}
