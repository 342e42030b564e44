import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';

import { assertTrustedFile, ConfigurationError } from '@waxseal/core';

import type { LocalKeyring } from './local-keyring';
import { parseLocalKeyring } from './parse-local-keyring';

/** Permission bits of everybody but the owner. */
const OTHERS = 0o077;

/**
 * Reads a key-ring file (docs/spec/local-key.md §2).
 *
 * @throws ConfigurationError when it cannot be read, others than its owner can read it, another user owns it or could replace
 *   it, or it is malformed. On Windows permissions are not checked.
 */
export function readLocalKeyringFile(path: string): LocalKeyring {
  const text = readPrivateFile(path);
  assertTrustedFile(path, 'The key-ring file');
  return parseLocalKeyring(text, `The key-ring file ${path}`);
}

function readPrivateFile(path: string): string {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new ConfigurationError(
      `The key-ring file ${path} cannot be opened (${code}). Write one with "waxseal keygen ${path}".`,
    );
  }
  try {
    // The open descriptor is what is read: asking by path again could meet another file.
    const status = fstatSync(descriptor);
    if (!status.isFile()) throw new ConfigurationError(`The key-ring file ${path} is not a regular file.`);
    if (process.platform !== 'win32' && (status.mode & OTHERS) !== 0) {
      const mode = (status.mode & 0o777).toString(8).padStart(4, '0');
      throw new ConfigurationError(
        `The key-ring file ${path} has mode ${mode}: others than its owner can use it. Run "chmod 600 ${path}".`,
      );
    }
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}
