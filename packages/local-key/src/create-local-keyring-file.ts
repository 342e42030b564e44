import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';

import { assertKeyId, ConfigurationError } from '@waxseal/core';

import { LOCAL_KEYRING_FORMAT, type LocalKeyring } from './local-keyring';
import { newKeyVersion } from './new-key-version';
import { versionedKeyId } from './versioned-key-id';

/** A version has nine digits at most. */
const MAX_VERSION = 999_999_999;

/** What {@link createLocalKeyringFile} takes besides the path. */
export interface CreateLocalKeyringOptions {
  /** Name of the key. By default `local-` and eight random hexadecimal digits. */
  readonly id?: string | undefined;
}

/**
 * Writes a new key-ring file with one key, mode 0600. An existing file is never overwritten.
 *
 * @returns name of the key
 * @throws ConfigurationError when the file exists or cannot be written, or the name is no key ID
 */
export function createLocalKeyringFile(path: string, options: CreateLocalKeyringOptions = {}): string {
  const id = options.id ?? `local-${randomBytes(4).toString('hex')}`;
  // Room is left for versions to come.
  assertKeyId(versionedKeyId(id, MAX_VERSION), 'The name of a local key, with its version,');
  const keyring: LocalKeyring = {
    format: LOCAL_KEYRING_FORMAT,
    primary: id,
    keys: { [id]: { primaryVersion: 1, versions: { '1': newKeyVersion() } } },
  };
  try {
    writeFileSync(path, `${JSON.stringify(keyring, undefined, 2)}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new ConfigurationError(
      code === 'EEXIST'
        ? `${path} exists already and is not overwritten. To rotate its key, run "waxseal keygen --rotate ${path}".`
        : `${path} cannot be written (${code}).`,
    );
  }
  return id;
}
