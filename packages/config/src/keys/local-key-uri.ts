import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The URI of a key in a key-ring file: `local:///path/keyring.json#<key name>`. */
export function localKeyUri(path: string, name: string): string {
  const { pathname } = pathToFileURL(resolve(path));
  // A comma would end the URI in WAXSEAL_DECRYPT_KEYS.
  return `local://${pathname}#${encodeURIComponent(name)}`.replaceAll(',', '%2C');
}
