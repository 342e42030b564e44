import { ConfigurationError } from '@waxseal/core';

import { changeFile } from './change-file';
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
 * half written; the file keeps its owner, and a link stays a link. Versions are never removed.
 *
 * @returns the key ID of the newest version
 * @throws ConfigurationError when the file is not usable, is being changed by somebody else, or has no such key
 */
export function rotateLocalKey(path: string, options: RotateLocalKeyOptions = {}): string {
  return changeFile(path, () => {
    const { text, keyId } = rotated(path, options);
    return { text, result: keyId };
  });
}

function rotated(
  path: string,
  options: RotateLocalKeyOptions,
): { readonly text: string; readonly keyId: string } {
  const keyring = readLocalKeyringFile(path);
  const id = options.id ?? keyring.primary;
  const entry = Object.hasOwn(keyring.keys, id) ? keyring.keys[id] : undefined;
  if (entry === undefined) {
    throw new ConfigurationError(`The key-ring file ${path} has no key ${JSON.stringify(id)}.`);
  }
  const step = options.step ?? 'add-and-promote';
  const newest = Math.max(...Object.keys(entry.versions).map(Number));
  const version = step === 'promote' ? newest : newest + 1;
  const next: LocalKeyring = {
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
  return { text: `${JSON.stringify(next, undefined, 2)}\n`, keyId: versionedKeyId(id, version) };
}
