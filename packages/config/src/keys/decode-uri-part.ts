import { ConfigurationError } from '@waxseal/core';

/**
 * A part of a key's URI, percent-decoded.
 *
 * @throws ConfigurationError when it is not percent-encoded correctly
 */
export function decodeUriPart(uri: URL, part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ConfigurationError(`The key URI ${JSON.stringify(uri.href)} is not percent-encoded correctly.`);
  }
}
