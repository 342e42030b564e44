import { ConfigurationError, type KeyEncryptionKey } from '@waxseal/core';
import { awsKmsKeyFromUri } from './aws-kms';
import { azureKeyVaultKeyFromUri } from './azure-key-vault';
import { gcpKmsKeyFromUri } from './gcp-kms';
import { localKeyFromUri } from './local-key';
import type { Environment } from './uri';
import { vaultTransitKeyFromUri } from './vault-transit';

/**
 * How a key is loaded, by the scheme of its URI. Each loader imports its provider only when it is asked for.
 */
const LOADERS: ReadonlyMap<string, (uri: URL, environment: Environment) => Promise<KeyEncryptionKey>> =
  new Map([
    ['local:', localKeyFromUri],
    ['awskms:', awsKmsKeyFromUri],
    ['gcpkms:', gcpKmsKeyFromUri],
    ['azurekeyvault:', azureKeyVaultKeyFromUri],
    ['vaulttransit:', vaultTransitKeyFromUri],
  ]);

/**
 * Loads the key that a URI names, such as `local:///etc/waxseal/keyring.json#orders`. No request is made to
 * its service.
 *
 * @param environment where `vaulttransit://` finds address and login
 * @throws ConfigurationError when the URI is malformed, its scheme unknown, its package missing, or the key
 *   not usable
 */
export async function keyFromUri(
  uri: string,
  environment: Environment = process.env,
): Promise<KeyEncryptionKey> {
  const known = [...LOADERS.keys()].map((scheme) => `${scheme}//`).join(', ');
  if (!URL.canParse(uri)) {
    throw new ConfigurationError(
      `The key URI ${JSON.stringify(uri)} is not a URI. Start it with one of: ${known}.`,
    );
  }
  const url = new URL(uri);
  if (url.username !== '' || url.password !== '') {
    throw new ConfigurationError(
      'A key URI must not hold credentials: it is logged. Remove what stands before the "@".',
    );
  }
  const load = LOADERS.get(url.protocol);
  if (load === undefined) {
    throw new ConfigurationError(
      `The key URI scheme ${JSON.stringify(url.protocol)} is not known. Known schemes: ${known}.`,
    );
  }
  return load(url, environment);
}
