import { fileURLToPath } from 'node:url';
import { ConfigurationError, type KeyEncryptionKey } from '@waxseal/core';
import { decodeUriPart } from './uri';

/**
 * Loads `local:///path/keyring.json#<key name>`. Path and name are percent-encoded; without a name the file's
 * primary key is meant.
 *
 * @throws ConfigurationError when the path is not absolute, or the file or the key is not usable
 */
export async function localKeyFromUri(uri: URL): Promise<KeyEncryptionKey> {
  if (uri.host !== '' || !uri.pathname.startsWith('/') || uri.search !== '') {
    throw new ConfigurationError(
      `The key URI ${JSON.stringify(uri.href)} must hold an absolute path, as in "local:///etc/waxseal/keyring.json#orders".`,
    );
  }
  const name = uri.hash === '' ? undefined : decodeUriPart(uri, uri.hash.slice(1));
  const path = pathOf(uri);
  const { LocalKey } = await import('@waxseal/local-key');
  return LocalKey.fromFile(path, name);
}

function pathOf(uri: URL): string {
  decodeUriPart(uri, uri.pathname);
  try {
    return fileURLToPath(`file://${uri.pathname}`);
  } catch {
    throw new ConfigurationError(`The path of the key URI ${JSON.stringify(uri.href)} is no path of a file.`);
  }
}
