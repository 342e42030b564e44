import { renameSync, rmSync, writeFileSync } from 'node:fs';

import { ConfigurationError } from '@waxseal/core';

import type { LocalKeyring } from './local-keyring';
import { newKeyVersion } from './new-key-version';
import { readLocalKeyringFile } from './read-local-keyring-file';
import { versionedKeyId } from './versioned-key-id';

/** What {@link rotateLocalKey} takes besides the path. */
export interface RotateLocalKeyOptions {
  /** Name of the key. By default the file's primary key. */
  readonly id?: string | undefined;
  /**
   * - `add-and-promote`: adds a version that wraps at once. Right where one process uses the file.
   * - `add`: adds a version that only unwraps for now, so that every reader can get the file first.
   * - `promote`: lets the newest version wrap.
   *
   * @default 'add-and-promote'
   */
  readonly step?: 'add-and-promote' | 'add' | 'promote' | undefined;
}

/**
 * Adds a version to a key of a key-ring file, or promotes the newest one. A reader sees the file before or after, never
 * half written. Versions are never removed.
 *
 * @returns the key ID of the newest version
 * @throws ConfigurationError when the file is not usable or has no such key
 */
export function rotateLocalKey(path: string, options: RotateLocalKeyOptions = {}): string {
  const keyring = readLocalKeyringFile(path);
  const id = options.id ?? keyring.primary;
  const entry = Object.hasOwn(keyring.keys, id) ? keyring.keys[id] : undefined;
  if (entry === undefined) {
    throw new ConfigurationError(`The key-ring file ${path} has no key ${JSON.stringify(id)}.`);
  }
  const step = options.step ?? 'add-and-promote';
  const newest = Math.max(...Object.keys(entry.versions).map(Number));
  const version = step === 'promote' ? newest : newest + 1;
  const rotated: LocalKeyring = {
    ...keyring,
    keys: {
      ...keyring.keys,
      [id]: {
        primaryVersion: step === 'add' ? entry.primaryVersion : version,
        versions:
          step === 'promote' ? entry.versions : { ...entry.versions, [String(version)]: newKeyVersion() },
      },
    },
  };
  replaceFile(path, `${JSON.stringify(rotated, undefined, 2)}\n`);
  return versionedKeyId(id, version);
}

function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${String(process.pid)}.tmp`;
  try {
    writeFileSync(temporary, text, { flag: 'wx', mode: 0o600 });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new ConfigurationError(`${path} cannot be written (${code}).`);
  }
}
