import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { createLocalKeyringFile } from '@waxseal/local-key';
import { freePort } from '@waxseal/bring-up';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { aFailure } from './support/a-failure';
import { waxseal, type Ended } from './support/waxseal';

const directory = temporaryDirectory();
const SECRET = 'pa55-word-of-a-test';

function store(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return waxseal(['store', ...args], '', environment, directory);
}

describe('waxseal store', () => {
  const embedded = { WAXSEAL_STORE: `pglite:${join(directory, 'data')}` };

  it('makes tables, checks and counts', async () => {
    const migrated = await store(['migrate'], embedded);
    expect(migrated).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(/^The schema waxseal is of version \d+ already\.\n$/),
      stderr: '',
    });
    const checked = await store(['check'], embedded);
    expect(checked).toMatchObject({ exitCode: 0, stderr: '' });
    expect(checked.stdout).toMatch(/^The store \(pglite\) answers within \d+ ms, and has the tables/);
    const counted = await store(['stats'], embedded);
    expect(counted).toMatchObject({ exitCode: 0, stderr: '' });
    expect(counted.stdout).toContain('0 records of 0 bytes');
    const json = await store(['stats', '--json'], embedded);
    expect(JSON.parse(json.stdout)).toEqual({
      kind: 'pglite',
      records: 0,
      bytes: 0,
      marked: 0,
      collection: 0,
    });
  });

  it('takes the store from a configuration file that is named', async () => {
    const file = join(directory, 'named.config.json');
    writeFileSync(file, JSON.stringify({ store: 'pglite:' }), { mode: 0o600 });
    const { exitCode, stdout } = await store(['check', '--config', file]);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('pglite')]);
  });

  it('says what is wrong, and shows no password', async () => {
    const port = String(await freePort());
    for (const [environment, message] of [
      [{}, 'No store is named. Set WAXSEAL_STORE'],
      [{ WAXSEAL_STORE: `mysql://ann:${SECRET}@h/db` }, 'WAXSEAL_STORE must be postgres://'],
      [
        { WAXSEAL_STORE: `postgres://ann:${SECRET}@x@h/db` },
        "WAXSEAL_STORE: The store's URL must be of the form",
      ],
      [{ WAXSEAL_STORE: `postgres://ann:${SECRET}@h/db?sslmode=prefer` }, 'sslmode (PGSSLMODE)'],
      [
        { WAXSEAL_STORE: `postgres://ann:${SECRET}@127.0.0.1:${port}/db` },
        'The store: unavailable. The connection',
      ],
      [{ WAXSEAL_STOR: 'postgres://h/db' }, 'Is WAXSEAL_STORE meant?'],
    ] as const) {
      const { exitCode, stdout, stderr } = await store(['check'], environment);
      expect([exitCode, stdout]).toEqual([1, '']);
      expect(stderr).toContain(message);
      expect(stderr).toMatch(
        aFailure(/unavailable/.test(message) ? 'WAXSEAL_STORE' : 'WAXSEAL_CONFIGURATION'),
      );
      expect(stderr).not.toContain(SECRET);
    }
  });

  it('lists its commands', async () => {
    const { stdout } = await store(['--help']);
    for (const name of ['migrate', 'check', 'stats']) expect(stdout).toContain(`  ${name} `);
    expect((await store(['migrate', '--grant'])).exitCode).toBe(2);
  });
});

describe('waxseal doctor', () => {
  const file = join(directory, 'keyring.json');

  async function doctor(environment: NodeJS.ProcessEnv): Promise<Ended & { readonly checks: unknown }> {
    const key = { WAXSEAL_PRIMARY_KEY: `local://${file}#orders` };
    const ended = await waxseal(['doctor', '--json'], '', { ...key, ...environment }, directory);
    return { ...ended, checks: (JSON.parse(ended.stdout) as { readonly store?: unknown }).store };
  }

  it('asks the store where there is one', async () => {
    createLocalKeyringFile(file, { id: 'orders' });
    expect(await doctor({})).toMatchObject({ exitCode: 0, checks: undefined });
    expect(await doctor({ WAXSEAL_STORE: 'pglite:' })).toMatchObject({
      exitCode: 0,
      checks: [{ name: 'store', status: 'ok', detail: expect.stringContaining('(pglite)') as unknown }],
    });
    const port = String(await freePort());
    const gone = await doctor({ WAXSEAL_STORE: `postgres://ann:${SECRET}@127.0.0.1:${port}/db` });
    expect(gone).toMatchObject({
      exitCode: 1,
      checks: [{ name: 'store', status: 'fail', detail: expect.stringContaining('unavailable') as unknown }],
    });
    expect(gone.stdout).not.toContain(SECRET);
  });
});
