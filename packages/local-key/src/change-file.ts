import {
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

import { ConfigurationError } from '@waxseal/core';

/** The new text of a file, and what the caller wants to know of the change. */
export interface Change<T> {
  readonly text: string;
  readonly result: T;
}

/**
 * Replaces a private file at once: a reader sees it before or after. The new file has mode 0600 and the owner of the old one,
 * and is on disk when this returns. A second change at the same time is refused.
 *
 * @param change reads the file and makes its new text, while nobody else changes it
 * @throws ConfigurationError when the file cannot be written, or is being changed
 */
export function changeFile<T>(path: string, change: () => Change<T>): T {
  const target = attempt(path, () => realpathSync(path));
  const next = `${target}.new`;
  // The next file is the lock, too: it can be made by one only.
  const descriptor = attempt(next, () => openSync(next, 'wx', 0o600));
  try {
    try {
      const { text, result } = change();
      attempt(path, () => {
        const { uid, gid } = statSync(target);
        writeFileSync(descriptor, text);
        if (process.platform !== 'win32') chownSync(next, uid, gid);
        fsyncSync(descriptor);
        renameSync(next, target);
        syncDirectory(dirname(target));
      });
      return result;
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new ConfigurationError(
      code === 'EEXIST'
        ? `${path} exists: the key-ring file is being changed by another process. If none is running, remove ${path}.`
        : `${path} cannot be written (${code}).`,
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
