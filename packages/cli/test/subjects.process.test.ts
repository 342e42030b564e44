import { join } from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '@waxseal/bring-up';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { createLocalKeyringFile, LocalKey, rotateLocalKey } from '@waxseal/local-key';
import { PgliteStore } from '@waxseal/store';
import { SubjectKeys } from '@waxseal/subjects';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { scanStore } from '../src/scan/store-records';
import { waxseal, type Ended } from './support/waxseal';

const directory = temporaryDirectory();
const [data, keyFile] = [join(directory, 'data'), join(directory, 'keyring.json')];
createLocalKeyringFile(keyFile, { id: 'orders' });

async function subjects(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return waxseal(
    ['subjects', ...args],
    '',
    {
      HOME: directory,
      XDG_CONFIG_HOME: undefined,
      TEMPORAL_ADDRESS: `127.0.0.1:${String(await freePort())}`,
      WAXSEAL_STORE: `pglite:${data}`,
      WAXSEAL_PRIMARY_KEY: `local://${keyFile}`,
      ...environment,
    },
    directory,
  );
}

/** Does something with the store, which one process at a time has. */
async function within<T>(work: (subjects: SubjectKeys, codec: EnvelopeCodec) => Promise<T>): Promise<T> {
  const store = new PgliteStore({ directory: data });
  await store.check();
  const keyring = new Keyring({ primary: LocalKey.fromFile(keyFile) });
  const keys = new SubjectKeys({ store, keyring, subjectOf: ({ workflowId }) => workflowId });
  const codec = new EnvelopeCodec({ keyring: keys.keyring });
  try {
    return await work(keys, codec);
  } finally {
    codec.close();
    keys.close();
    await store.close();
  }
}

/** The keys of the application that the records of the store are under, as the report on keys counts them. */
async function keysOfStore(): Promise<readonly string[]> {
  const store = new PgliteStore({ directory: data });
  try {
    return (await scanStore(store, () => undefined)).uses.map(({ name }) => name);
  } finally {
    await store.close();
  }
}

const place = (workflowId: string) => ({ type: 'workflow', namespace: 'shop', workflowId }) as const;

beforeAll(async () => {
  await within(async (_, codec) => {
    for (const id of ['ada', 'bob']) await codec.encode([jsonPayload(1)], place(id));
  });
}, 60_000);

describe('waxseal subjects', () => {
  it('lists subjects by key IDs, and needs no key for it', async () => {
    const { exitCode, stdout } = await subjects(['list'], { WAXSEAL_PRIMARY_KEY: undefined });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^KEY ID +CREATED +SHREDDED\n(subject\/[0-9a-f]{64} +\S+Z +-\n){2}2 subjects\.\n$/,
    );
    const rows = (await subjects(['list', '--ndjson'])).stdout.trim().split('\n');
    expect(rows.map((row) => Object.keys(JSON.parse(row) as object))).toEqual([
      ['keyId', 'createdAt'],
      ['keyId', 'createdAt'],
    ]);
  });

  it('shows a subject, by its ID and by its key ID', async () => {
    const shown = await subjects(['show', 'ada']);
    expect([shown.exitCode, shown.stderr]).toEqual([0, '']);
    const keyId = /subject\/[0-9a-f]{64}/.exec(shown.stdout)?.[0] ?? '';
    expect((await subjects(['show', keyId])).stdout).toBe(shown.stdout);
    const unknown = await subjects(['show', 'nobody']);
    expect([unknown.exitCode, unknown.stdout]).toEqual([1, expect.stringContaining('never had one')]);
  });

  it('removes nothing where it cannot look, or does not know one of those that are named', async () => {
    const unreachable = await subjects(['shred', 'ada']);
    expect([unreachable.exitCode, unreachable.stdout]).toEqual([1, '']);
    const unknown = await subjects(['shred', 'ada', 'adda', '--force']);
    expect([unknown.exitCode, unknown.stdout]).toEqual([
      1,
      expect.stringContaining('"adda" (subject/') as unknown,
    ]);
    expect(unknown.stdout).toContain('check its spelling');
    const dry = await subjects(['shred', 'ada', '--force', '--dry-run']);
    expect([dry.exitCode, dry.stdout]).toEqual([0, expect.stringContaining('would be shredded')]);
    expect((await subjects(['list', '--shredded'])).stdout).toContain('0 subjects.');
  });

  it('shreds with --force, proves it, and does so once', async () => {
    const { exitCode, stdout } = await subjects(['shred', 'ada', '--force']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Not looked at: ');
    expect(stdout).toMatch(
      /"ada" \(subject\/[0-9a-f]{64}\): shredded at \S+Z\. A payload that opened before/,
    );
    expect(stdout).toContain('forget them within 5 minutes');
    const again = await subjects(['shred', 'ada', '--json']);
    expect([again.exitCode, JSON.parse(again.stdout)]).toMatchObject([
      0,
      { subjects: [{ id: 'ada', result: 'shredded before' }], count: 0, forgetWithinMs: 300_000 },
    ]);
    await within(async (_, codec) => {
      const error = await rejectionOf(() => codec.encode([jsonPayload(1)], place('ada')));
      expect(error['code']).toBe('WAXSEAL_SUBJECT_SHREDDED');
      await codec.encode([jsonPayload(1)], place('bob'));
    });
  });

  it('seals keys anew, so that an old key of the application can go', async () => {
    const sealed = await within((_, codec) => codec.encode([jsonPayload('of bob')], place('bob')));
    const newest = rotateLocalKey(keyFile);
    expect(newest).toBe('orders/v2');
    expect(await keysOfStore()).toEqual(['orders/v1']);
    const { exitCode, stdout } = await subjects(['reseal']);
    // Of whom was shredded there is nothing to seal.
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^2 keys sealed anew/)]);
    await within(async (_, codec) => {
      expect(await codec.decode(sealed, place('bob'))).toEqual([jsonPayload('of bob')]);
    });
    expect(await keysOfStore()).toEqual(['orders/v2']);
  });

  it('opens payloads of subjects for every command, where the configuration says that there are any', async () => {
    const document = await within(async (_, codec) => {
      const [payload] = await codec.encode([jsonPayload('of bob')], place('bob'));
      const base64 = (bytes: Uint8Array | null | undefined): string =>
        Buffer.from(bytes ?? []).toString('base64');
      const metadata = Object.entries(payload?.metadata ?? {}).map(([name, value]) => [name, base64(value)]);
      return JSON.stringify({
        metadata: Object.fromEntries(metadata) as object,
        data: base64(payload?.data),
      });
    });
    const decode = (environment: NodeJS.ProcessEnv): Promise<Ended> =>
      waxseal(
        ['decode', '-'],
        document,
        { WAXSEAL_STORE: `pglite:${data}`, WAXSEAL_PRIMARY_KEY: `local://${keyFile}`, ...environment },
        directory,
      );
    expect((await decode({})).stdout).not.toContain('of bob');
    const decoded = await decode({ WAXSEAL_SUBJECTS: 'true' });
    expect([decoded.exitCode, decoded.stdout]).toEqual([
      0,
      expect.stringContaining(Buffer.from('"of bob"').toString('base64')) as unknown,
    ]);
    const wrong = await decode({ WAXSEAL_SUBJECTS: 'yes' });
    expect(wrong.stderr).toContain('WAXSEAL_SUBJECTS must be true or false');
    const without = await decode({ WAXSEAL_SUBJECTS: 'true', WAXSEAL_STORE: undefined });
    expect(without.stderr).toContain('WAXSEAL_STORE');
  });
});
