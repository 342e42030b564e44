import { ConfigurationError } from '@waxseal/core';

import { decodeKeyMaterial } from './decode-key-material';
import type { VersionedLocalKeyOptions } from './local-key-options';
import type { LocalKeyring } from './local-keyring';

/**
 * One key of a key-ring, as the options of a `LocalKey`.
 *
 * @param id name of the key; by default the key-ring's primary one
 * @param source where the key-ring comes from, for the message
 * @throws ConfigurationError when the key-ring has no such key
 */
export function selectLocalKey(
  keyring: LocalKeyring,
  id: string | undefined,
  source: string,
): VersionedLocalKeyOptions {
  const name = id ?? keyring.primary;
  const entry = Object.hasOwn(keyring.keys, name) ? keyring.keys[name] : undefined;
  if (entry === undefined) {
    const names = Object.keys(keyring.keys).map((key) => JSON.stringify(key));
    throw new ConfigurationError(`${source} has no key ${JSON.stringify(name)}; it has ${names.join(', ')}.`);
  }
  const versions: Record<number, Uint8Array> = {};
  for (const [version, { material }] of Object.entries(entry.versions)) {
    const bytes = decodeKeyMaterial(material);
    if (bytes !== undefined) versions[Number(version)] = bytes;
  }
  return { id: name, versions, primaryVersion: entry.primaryVersion };
}
