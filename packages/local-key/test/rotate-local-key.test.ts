import {
  chmodSync,
  existsSync,
  lstatSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigurationError } from '@waxseal/core';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { createLocalKeyringFile, LocalKey, rotateLocalKey } from '../src';

const aad = Buffer.from('aad');
const dataKey = new Uint8Array(32).fill(7);
const wrapsUnder = async (path: string): Promise<string> =>
  (await LocalKey.fromFile(path).wrap(dataKey, aad)).keyId;

describe('rotateLocalKey', () => {
  let directory: string;
  let path: string;

  beforeEach(() => {
    directory = temporaryDirectory();
    path = join(directory, 'keyring.json');
    createLocalKeyringFile(path, { id: 'orders' });
  });

  it('adds a version that wraps at once, and opens what the earlier one wrapped', async () => {
    const before = await LocalKey.fromFile(path).wrap(dataKey, aad);
    expect(rotateLocalKey(path)).toBe('orders/v2');
    expect(await wrapsUnder(path)).toBe('orders/v2');
    expect(await LocalKey.fromFile(path).unwrap(before, aad)).toEqual(Buffer.from(dataKey));
  });

  it('adds first and promotes after, for readers that have copies of the file', async () => {
    expect(rotateLocalKey(path, { step: 'add' })).toBe('orders/v2');
    expect(await wrapsUnder(path)).toBe('orders/v1');
    expect(rotateLocalKey(path, { step: 'promote' })).toBe('orders/v2');
    expect(await wrapsUnder(path)).toBe('orders/v2');
  });

  it('keeps the mode, and a link a link', async () => {
    const link = join(directory, 'link.json');
    symlinkSync(path, link);
    rotateLocalKey(link);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await wrapsUnder(path)).toBe('orders/v2');
  });

  it('leaves the file alone while somebody else changes it, and their work too', () => {
    const before = readFileSync(path, 'utf8');
    writeFileSync(`${path}.new`, 'theirs');
    expect(() => rotateLocalKey(path)).toThrow(ConfigurationError);
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(readFileSync(`${path}.new`, 'utf8')).toBe('theirs');
  });

  it('leaves nothing behind when it fails', () => {
    expect(() => rotateLocalKey(path, { id: 'none' })).toThrow(/has no key "none"/);
    expect(() => rotateLocalKey(join(directory, 'missing.json'))).toThrow(ConfigurationError);
    chmodSync(path, 0o644);
    expect(() => rotateLocalKey(path)).toThrow(/chmod 600/);
    expect(existsSync(`${path}.new`)).toBe(false);
  });

  it('refuses names that leave no room for a version', () => {
    const long = join(directory, 'long.json');
    expect(() => createLocalKeyringFile(long, { id: 'x'.repeat(1020) })).toThrow(ConfigurationError);
    createLocalKeyringFile(long, { id: 'x'.repeat(1000) });
    expect(LocalKey.fromFile(long).id).toHaveLength(1000);
  });
});
