import { ConfigurationError, type KeyEncryptionKey } from '@waxseal/core';
import { awsKmsKeyFromUri } from './aws-kms-key-from-uri';
import { localKeyFromUri } from './local-key-from-uri';
import { vaultTransitKeyFromUri } from './vault-transit-key-from-uri';

/** How a key is loaded, by the scheme of its URI. Each loader imports its provider only when it is asked for. */
const LOADERS: ReadonlyMap<string, (uri: URL) => Promise<KeyEncryptionKey>> = new Map([
  ['local:', localKeyFromUri],
  ['awskms:', awsKmsKeyFromUri],
  ['vaulttransit:', (uri: URL) => vaultTransitKeyFromUri(uri)],
]);

/**
 * Loads the key that a URI names, such as `local:///etc/waxseal/keyring.json#orders`.
 *
 * @throws ConfigurationError when the URI is malformed, its scheme unknown, or the key not usable
 */
export async function keyFromUri(uri: string): Promise<KeyEncryptionKey> {
  const known = [...LOADERS.keys()].map((scheme) => `${scheme}//`).join(', ');
  if (!URL.canParse(uri)) {
    throw new ConfigurationError(
      `The key URI ${JSON.stringify(uri)} is not a URI. Start it with one of: ${known}.`,
    );
  }
  const url = new URL(uri);
  const load = LOADERS.get(url.protocol);
  if (load === undefined) {
    throw new ConfigurationError(
      `The key URI scheme ${JSON.stringify(url.protocol)} is not known. Known schemes: ${known}.`,
    );
  }
  return load(url);
}
