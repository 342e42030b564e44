import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { ConfigurationError } from '@waxseal/core';
import { parseJson } from '@waxseal/core/internal';
import { editJson } from './json-edit';
import type { FieldChange } from './key-fields';

/** A configuration file, and what it is to become. */
export interface FileChange {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/**
 * The text of a configuration file in JSON with other keys, and all else as it was.
 *
 * @throws ConfigurationError when the file cannot be read, is no JSON, or cannot be changed so
 */
export function changeOfFile(path: string, changes: readonly FieldChange[]): FileChange {
  const before = attempt(path, 'read', () => readFileSync(path, 'utf8'));
  parseJson(before, (where) => new ConfigurationError(`${path} is not JSON: see ${where}.`));
  const edits = changes.map(({ field, uris }) => ({ field, value: field === 'primaryKey' ? uris[0] : uris }));
  const withoutEmpty = edits.map(({ field, value }) => ({
    field,
    value: value?.length === 0 ? undefined : value,
  }));
  const after = editJson(before.replace(/^\uFEFF/, ''), withoutEmpty, [
    '$schema',
    'primaryKey',
    'additionalKeys',
  ]);
  if (after === undefined)
    throw new ConfigurationError(`${path} cannot be changed by this command: set the fields by hand.`);
  return { path, before, after };
}

/**
 * Replaces the file at once: a reader sees it before or after. It keeps its owner and its mode, a link stays
 * a link, and it is on disk when this returns.
 *
 * @throws ConfigurationError when it cannot be written, is being changed, or was changed since it was read
 */
export function writeChange({ path, before, after }: FileChange): void {
  const target = attempt(path, 'written', () => realpathSync(path));
  const next = `${target}.new`;
  // The next file is the lock, too: it can be made by one only.
  const descriptor = attempt(next, 'written', () => openSync(next, 'wx', 0o600));
  try {
    try {
      if (readFileSync(target, 'utf8') !== before) {
        throw new ConfigurationError(`${path} was changed meanwhile, and is left as it is. Run this again.`);
      }
      attempt(path, 'written', () => {
        const { mode, uid, gid } = statSync(target);
        writeFileSync(descriptor, after);
        if (process.platform !== 'win32') {
          const own = fstatSync(descriptor);
          if (own.uid !== uid || own.gid !== gid) fchownSync(descriptor, uid, gid);
          fchmodSync(descriptor, mode & 0o7777);
        }
        fsyncSync(descriptor);
        renameSync(next, target);
        syncDirectory(dirname(target));
      });
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}

function attempt<T>(path: string, what: 'read' | 'written', work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new ConfigurationError(
      code === 'EEXIST'
        ? `${path} exists: the file is being changed by another process. If none is running, remove ${path}.`
        : `${path} cannot be ${what} (${code}).`,
    );
  }
}

// The new name is on disk only once its directory is; Windows cannot open one.
function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
