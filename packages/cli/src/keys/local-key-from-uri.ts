import { fileURLToPath } from 'node:url';
import { ConfigurationError, type KeyEncryptionKey } from '@waxseal/core';

/**
 * Loads `local:///path/keyring.json#<key name>`. Path and name are percent-encoded; without a name the file's primary key is
 * meant.
 *
 * @throws ConfigurationError when the path is not absolute, or the file or the key is not usable
 */
export async function localKeyFromUri(uri: URL): Promise<KeyEncryptionKey> {
  if (uri.host !== '' || !uri.pathname.startsWith('/') || uri.search !== '') {
    throw new ConfigurationError(
      `The key URI ${JSON.stringify(uri.href)} must hold an absolute path, as in "local:///etc/waxseal/keyring.json#orders".`,
    );
  }
  const [path, name] = decode(uri);
  const { LocalKey } = await import('@waxseal/local-key');
  return LocalKey.fromFile(path, name);
}

function decode(uri: URL): [path: string, name: string | undefined] {
  try {
    const path = fileURLToPath(`file://${uri.pathname}`);
    return [path, uri.hash === '' ? undefined : decodeURIComponent(uri.hash.slice(1))];
  } catch (cause) {
    throw new ConfigurationError(
      `The key URI ${JSON.stringify(uri.href)} is not percent-encoded correctly.`,
      {
        cause,
      },
    );
  }
}
