import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { StateFile } from '../src/keys/state-file';
import type { StoredState } from '../src/scan/scan-state';

const directory = temporaryDirectory();
/** Above what a process ID can be. */
const NOBODY = 2 ** 30;
let path: string;
let number = 0;

beforeEach(() => {
  path = join(directory, `state-${String((number += 1))}.json`);
});

const openState = (at: string): Promise<StateFile<StoredState>> => StateFile.open(at, { version: 2 });
const state = (namespaceId: string): StoredState => ({ stateVersion: 2, namespaceId });

describe('the state of a scan in a file', () => {
  it('is none at first, then what was written last, for its owner', async () => {
    const file = await openState(path);
    expect(await file.read()).toBeUndefined();
    expect(await file.write(() => state('a'), false)).toBe(true);
    // So short after, only what is due.
    expect(await file.write(() => state('b'), false)).toBe(false);
    expect(await file.read()).toEqual(state('a'));
    expect(await file.write(() => state('c'), true)).toBe(true);
    expect(await file.read()).toEqual(state('c'));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await file.close();
    expect(existsSync(`${path}.lock`)).toBe(false);
    expect(existsSync(`${path}.next`)).toBe(false);
  });

  it('stays as it was where the next could not be made', async () => {
    const file = await openState(path);
    await file.write(() => state('a'), true);
    const fails = (): never => {
      throw new Error('no');
    };
    await expect(file.write(fails, true)).rejects.toThrow('no');
    expect(await file.read()).toEqual(state('a'));
    await file.close();
  });

  it.each([['text'], ['null'], ['[]'], ['{"stateVersion":1}'], ['{"stateVersion":3,"namespaceId":"x"}']])(
    'is refused where it is %s',
    async (text) => {
      writeFileSync(path, text);
      const file = await openState(path);
      await expect(file.read()).rejects.toThrow(/is no state of a scan by this release/);
      await file.close();
      expect(readFileSync(path, 'utf8')).toBe(text);
    },
  );

  it('is had by one scan at a time', async () => {
    const file = await openState(path);
    expect(readFileSync(`${path}.lock`, 'utf8')).toBe(String(process.pid));
    await expect(openState(path)).rejects.toThrow(`delete ${path}.lock`);
    await file.close();
    await (await openState(path)).close();
  });

  it('is taken over from a process that is gone, or ended while it made its lock', async () => {
    writeFileSync(`${path}.lock`, String(NOBODY));
    await (await openState(path)).close();
    writeFileSync(`${path}.lock`, '');
    await expect(openState(path)).rejects.toThrow('another scan has');
    utimesSync(`${path}.lock`, new Date(0), new Date(0));
    await (await openState(path)).close();
  });

  it('cannot be where there is no folder', async () => {
    await expect(openState(join(directory, 'none', 'state.json'))).rejects.toThrow(
      'cannot be written (ENOENT)',
    );
  });
});
