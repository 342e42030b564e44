import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from '@jest/globals';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { findNode } from '../src/node-release';

const PACKAGE = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

let cache: string;
beforeEach(() => {
  cache = temporaryDirectory();
});
/** Writes a program that says it is a version of Node.js. */
function write(path: string, version: string): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
  return path;
}

const install = (version: string) => (directory: string) =>
  Promise.resolve(write(join(directory, 'node_modules', PACKAGE, 'bin', 'node'), version));
const never = (): Promise<never> => Promise.reject(new Error('no registry'));

it('takes the program that the variable names, where it is of that version', async () => {
  const named = write(join(cache, 'mine'), 'v22.1.0');
  const environment = { WAXSEAL_CACHE: cache, WAXSEAL_NODE_22: named };
  expect(await findNode(22, environment, never)).toBe(named);
  await expect(findNode(24, { ...environment, WAXSEAL_NODE_24: named }, never)).rejects.toThrow(
    /is Node\.js v22\.1\.0(.|\n)*no registry(.|\n)*Set WAXSEAL_NODE_24/,
  );
});

it('installs it once, and finds the copy afterwards', async () => {
  const environment = { WAXSEAL_CACHE: cache };
  const path = await findNode(24, environment, install('v24.21.0'));
  expect(path).toContain(join(cache, 'node-24.21.0'));
  expect(await findNode(24, environment, never)).toBe(path);
});

it('takes nothing of another version from a registry', async () => {
  await expect(findNode(24, { WAXSEAL_CACHE: cache }, install('v25.0.0'))).rejects.toThrow(
    'is Node.js v25.0.0',
  );
});
