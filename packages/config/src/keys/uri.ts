import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
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

/** The URI of a key in a key-ring file: `local:///path/keyring.json#<key name>`. */
export function localKeyUri(path: string, name: string): string {
  const { pathname } = pathToFileURL(resolve(path));
  // A comma would end the URI in WAXSEAL_DECRYPT_KEYS.
  return `local://${pathname}#${encodeURIComponent(name)}`.replaceAll(',', '%2C');
}

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;
