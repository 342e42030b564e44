import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, expect, it } from '@jest/globals';
import { StoreDriver, TokenCodec } from '@waxseal/claim-check';
import { localKeyUri } from '@waxseal/config';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { createLocalKeyringFile, LocalKey } from '@waxseal/local-key';
import { PgliteStore } from '@waxseal/store';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { waxseal, type Ended } from './support/waxseal';

const directory = temporaryDirectory();
const file = (id: string): string => join(directory, `${id}.json`);
const data = join(directory, 'store');
const context = { type: 'workflow', namespace: 'shop', workflowId: 'w' } as const;
const payload = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('"secret"') };
let tokens: Awaited<ReturnType<TokenCodec['encode']>>;

/** Does something with the store, which one process at a time has. */
async function withCodec<T>(
  primary: string,
  work: (codec: TokenCodec, store: PgliteStore) => Promise<T>,
  more: readonly string[] = [],
): Promise<T> {
  const store = new PgliteStore({ directory: data });
  const key = (id: string): LocalKey => LocalKey.fromFile(file(id), id);
  const codec = new EnvelopeCodec({
    keyring: new Keyring({ primary: key(primary), decryptOnly: more.map(key) }),
  });
  try {
    return await work(new TokenCodec({ codec, store }), store);
  } finally {
    codec.close();
    await store.close();
  }
}

function reseal(...args: string[]): Promise<Ended> {
  return waxseal(['store', 'reseal', ...args], '', {
    HOME: directory,
    WAXSEAL_STORE: `pglite:${data}`,
    WAXSEAL_PRIMARY_KEY: localKeyUri(file('new'), 'new'),
    WAXSEAL_DECRYPT_KEYS: localKeyUri(file('old'), 'old'),
  });
}

beforeAll(async () => {
  for (const id of ['old', 'new']) createLocalKeyringFile(file(id), { id });
  tokens = await withCodec('old', (codec) => codec.encode([payload], context));
});

it('asks, or wants to be told that it may', async () => {
  expect(await reseal()).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--yes') as unknown });
});

it('keys usage --store names the keys of records, and what frees them', async () => {
  const payloads = tokens.map(({ metadata, data }) => ({
    metadata: { encoding: Buffer.from(metadata?.['encoding'] ?? []).toString('base64') },
    data: Buffer.from(data ?? []).toString('base64'),
  }));
  const event = { eventId: '1', workflowExecutionStartedEventAttributes: { input: { payloads } } };
  const history = join(directory, 'history.json');
  writeFileSync(history, JSON.stringify({ events: [event] }));
  const usage = (...args: string[]): Promise<Ended> =>
    waxseal(['keys', 'usage', history, ...args], '', { HOME: directory, WAXSEAL_STORE: `pglite:${data}` });
  const inspected = await waxseal(['inspect', history], '', { HOME: directory });
  expect(inspected.stdout).toMatch(
    /token +[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\n/,
  );
  const blind = JSON.parse((await usage('--json')).stdout) as object;
  expect(blind).toMatchObject({ keys: [], elsewhere: [{ name: 'tokens', payloads: 1 }], inStore: [] });
  const seen = JSON.parse((await usage('--json', '--store')).stdout) as object;
  expect(seen).toMatchObject({
    keys: [
      {
        id: 'old/v1',
        notNeededFrom: null,
        neededBy: [{ what: 'store records', count: 2 }],
        blockers: [
          { what: 'store records', count: 2, freedBy: expect.stringContaining('store reseal') as unknown },
        ],
      },
    ],
    elsewhere: [],
    inStore: [{ name: 'tokens', payloads: 1 }],
  });
  const { stdout } = await usage('--store');
  expect(stdout).toContain('Kept in the store, whose records were read:');
  expect((await usage('--store', '--fail-if-used', 'other')).exitCode).toBe(0);
  expect((await usage('--fail-if-used', 'other')).exitCode).toBe(1);
});

it('seals tokens and the key that names them anew, once', async () => {
  const dry = await reseal('--dry-run');
  expect(dry).toMatchObject({
    exitCode: 0,
    stdout: '2 records: 2 to be resealed, 0 left. Nothing was changed.\n',
  });
  const record = join(directory, 'record.ndjson');
  const done = await reseal('--yes', '--from', 'old', '--record', record);
  expect(done).toMatchObject({ exitCode: 0, stdout: '2 records: 2 resealed, 0 left\n' });
  const lines = readFileSync(record, 'utf8').trim().split('\n');
  expect(lines.map((text) => JSON.parse(text) as object)).toMatchObject([
    { from: ['old/v1'], to: ['new/v1'] },
    { from: ['old/v1'], to: ['new/v1'] },
  ]);
  expect((await reseal('--yes')).stdout).toBe('2 records: 0 resealed, 0 left\n');
  // Without the old key, and under the same token.
  await withCodec('new', async (codec) => {
    expect(
      (await codec.decode(tokens, context)).map((each) => Buffer.from(each.data ?? []).toString()),
    ).toEqual(['"secret"']);
    expect(await codec.encode([payload], context)).toEqual(tokens);
  });
});

it('leaves what the external storage of the SDK has kept, whose reference has its hash', async () => {
  const claims = await withCodec('old', async ({ codec }, store) => {
    const envelopes = await codec.encode([payload], context);
    return new StoreDriver({ store }).store({ target: { namespace: 'shop' } }, envelopes);
  });
  const { exitCode, stdout } = await reseal('--yes');
  expect([exitCode, stdout]).toEqual([1, expect.stringContaining('external storage')]);
  await withCodec('old', async (_, store) => {
    expect(await new StoreDriver({ store }).retrieve({}, claims)).toHaveLength(1);
  });
});
