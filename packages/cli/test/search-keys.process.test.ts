import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { createLocalKeyringFile, LocalKey, rotateLocalKey } from '@waxseal/local-key';
import { SearchTokens } from '@waxseal/temporal';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { waxseal } from './support/waxseal';

const directory = temporaryDirectory();
const keyring = join(directory, 'keyring.json');
const file = join(directory, 'search-keys.json');
const key = ['--primary-key', `local://${keyring}#orders`];

beforeAll(() => {
  createLocalKeyringFile(keyring, { id: 'orders' });
});

async function tokens(): Promise<SearchTokens> {
  const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: LocalKey.fromFile(keyring) }) });
  try {
    return await SearchTokens.open({ keys: file, codec });
  } finally {
    codec.close();
  }
}

const tagsListed = async (): Promise<string[]> => {
  const { stdout } = await waxseal(['search-keys', 'list', file, '--ndjson', ...key]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { tag: string }).tag);
};

describe('waxseal search-keys', () => {
  it('makes a key, replaces it in three steps, and finds what either has made meanwhile', async () => {
    expect(await waxseal(['search-keys', 'add', file, ...key])).toMatchObject({ exitCode: 0 });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const before = await tokens();
    const written = before.token('Email', 'ada@example.com');
    const [old] = before.tags;

    expect(await waxseal(['search-keys', 'add', file, ...key])).toMatchObject({ exitCode: 0 });
    expect((await tokens()).token('Email', 'ada@example.com')).toBe(written);
    expect(await waxseal(['search-keys', 'promote', file, ...key])).toMatchObject({ exitCode: 0 });
    const after = await tokens();
    expect(after.token('Email', 'ada@example.com')).not.toBe(written);
    expect(after.tokens('Email', 'ada@example.com')).toContain(written);
    expect(await tagsListed()).toEqual(after.tags);

    const inUse = await waxseal(['search-keys', 'remove', file, `wst1-${after.tags[0] ?? ''}-`, ...key]);
    expect(inUse).toMatchObject({ exitCode: 1 });
    expect(inUse.stderr).toContain('makes tokens');
    expect(await waxseal(['search-keys', 'remove', file, `wst1-${old ?? ''}-`, ...key])).toMatchObject({
      exitCode: 0,
    });
    expect(await tagsListed()).toEqual([after.tags[0]]);
  });

  it('prints the filter for a value of standard input', async () => {
    const found = await waxseal(['search-keys', 'query', file, 'Email', ...key], 'ada@example.com\n');
    expect(found).toMatchObject({
      exitCode: 0,
      stdout: `${(await tokens()).where('Email', 'ada@example.com')}\n`,
    });
  });

  it('seals search keys anew with what reseals files, so that an old key may go', async () => {
    rotateLocalKey(keyring);
    const counted = await waxseal(['keys', 'usage', file, '--json']);
    expect(counted.stdout).toContain('orders/v1');
    const before = await tokens();
    const resealed = await waxseal(['keys', 'reseal', 'files', file, '--yes', ...key]);
    expect(resealed).toMatchObject({ exitCode: 0 });
    expect((await tokens()).token('Email', 'x')).toBe(before.token('Email', 'x'));
    const { stdout } = await waxseal(['search-keys', 'list', file, ...key]);
    expect(stdout).toContain('orders/v2');
  });

  it('refuses a file of something else, and one that is not there', async () => {
    const other = join(directory, 'other.json');
    await writeFile(other, '{"format": "waxseal-local-keyring/v1"}');
    for (const action of [
      ['add', other],
      ['list', other],
      ['list', join(directory, 'none.json')],
    ]) {
      const refused = await waxseal(['search-keys', ...action, ...key]);
      expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
      expect(refused.stderr).toMatch(/search-keys add/);
    }
    expect(await readFile(other, 'utf8')).toBe('{"format": "waxseal-local-keyring/v1"}');
  });
});
