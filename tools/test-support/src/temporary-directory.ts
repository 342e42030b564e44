import { mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll } from '@jest/globals';

const directories: string[] = [];
afterAll(() => {
  for (const path of directories) rmSync(path, { recursive: true, force: true, maxRetries: 3 });
});

/** A fresh directory, which is removed after the tests of the file. */
export function temporaryDirectory(prefix = 'waxseal-'): string {
  return directoryIn(tmpdir(), prefix);
}

/**
 * The same for tens of thousands of files: in memory, where there is enough. After so many are removed, ext4
 * searches a millisecond for each new file, since it does not soon use an inode again.
 */
export function temporaryDirectoryForMany(prefix = 'waxseal-'): string {
  return directoryIn(hasRoom(MEMORY) ? MEMORY : tmpdir(), prefix);
}

const MEMORY = '/dev/shm';
const ROOM = 2 * 2 ** 30;

/** Whether much can be written there, and programs run. */
function hasRoom(path: string): boolean {
  try {
    const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
    const mount = mounts.findLast((line) => line.startsWith(`tmpfs ${path} tmpfs rw`));
    const { bavail, bsize } = statfsSync(path);
    return mount?.includes('noexec') === false && Math.min(bavail * bsize, freemem() / 2) > ROOM;
  } catch {
    return false;
  }
}

function directoryIn(parent: string, prefix: string): string {
  const path = mkdtempSync(join(parent, prefix));
  directories.push(path);
  return path;
}
