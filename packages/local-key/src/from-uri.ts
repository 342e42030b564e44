import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ConfigurationError, parseKeyUri, type KeyUriForm } from '@waxseal/core/provider';

const FORM: KeyUriForm = {
  scheme: 'local',
  parameters: [],
  fragment: true,
  is: 'local:// and an absolute path, as in "local:///etc/waxseal/keyring.json#orders"',
};

/** A key of a key-ring file. */
interface KeyInFile {
  /** Absolute path of the file. */
  readonly path: string;
  /** `undefined` for the file's primary key. */
  readonly id: string | undefined;
}

/**
 * What `local:///path/keyring.json#<key name>` names. Path and name are percent-encoded; without a name the
 * file's primary key is meant.
 *
 * @throws ConfigurationError when the URI holds no absolute path
 */
export function keyInFileOf(uri: string | URL): KeyInFile {
  const { url, host, path, fragment, malformed } = parseKeyUri(uri, FORM);
  if (host !== '' || !path.startsWith('/')) throw malformed();
  return { path: pathOf(url), id: fragment === '' ? undefined : fragment };
}

function pathOf(url: URL): string {
  try {
    return fileURLToPath(`file://${url.pathname}`);
  } catch {
    throw new ConfigurationError(`The path of the key URI ${JSON.stringify(url.href)} is no path of a file.`);
  }
}

/** The URI of a key in a key-ring file: `local:///path/keyring.json#<key name>`. */
export function localKeyUri(path: string, name: string): string {
  const { pathname } = pathToFileURL(resolve(path));
  // A comma would end the URI in WAXSEAL_DECRYPT_KEYS.
  return `local://${pathname}#${encodeURIComponent(name)}`.replaceAll(',', '%2C');
}
