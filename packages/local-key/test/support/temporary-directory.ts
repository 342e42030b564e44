import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach } from '@jest/globals';

/**
 * A fresh directory for each test of a file, removed after it.
 *
 * @returns gives the path of a file in it
 */
export function temporaryDirectory(): (file: string) => string {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'waxseal-local-key-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return (file) => join(directory, file);
}
