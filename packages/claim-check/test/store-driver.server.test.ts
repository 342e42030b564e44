import { randomBytes, randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { ExternalStorage, type DataConverter } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { searchBytes } from '@waxseal/bring-up';
import { StoreDriver, TokenCodec } from '@waxseal/claim-check';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { PgliteStore } from '@waxseal/store';
import { EnvelopePlugin } from '@waxseal/temporal';
import { rejectionOf } from '@waxseal/test-support';

import { echo, failing } from './support/workflows';

const address = process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'] ?? '';
const namespace = process.env['WAXSEAL_TEST_TEMPORAL_NAMESPACE'] ?? 'default';
const taskQueue = `claim-check-${randomUUID()}`;
const key = randomBytes(32);
const canary = `canary-${randomUUID()}`;

let store: PgliteStore;
let connection: Connection;
let nativeConnection: NativeConnection;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  store = new PgliteStore();
  await store.check();
  connection = await Connection.connect({ address });
  nativeConnection = await NativeConnection.connect({ address });
});

afterAll(async () => {
  await connection.close();
  await nativeConnection.close();
  await store.close();
});

function codec(): EnvelopeCodec {
  return new EnvelopeCodec({ keyring: new Keyring({ primary: new LocalKey({ id: 'orders', key }) }) });
}

async function withWorker<T>(
  plugin: EnvelopePlugin,
  dataConverter: DataConverter,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const plugins = [plugin];
  const worker = await Worker.create({
    connection: nativeConnection,
    namespace,
    taskQueue,
    plugins,
    dataConverter,
    workflowsPath: require.resolve('./support/workflows'),
    activities: { echoActivity: (value: string) => Promise.resolve(value) },
    // Every task replays, so that nothing rests on what is in memory.
    maxCachedWorkflows: 0,
  });
  const client = new Client({ connection, namespace, plugins, dataConverter });
  return worker.runUntil(work(client));
}

async function historyOf(client: Client, workflowId: string): Promise<string> {
  return JSON.stringify(await client.workflow.getHandle(workflowId).fetchHistory());
}

it('ExternalStorage keeps large payloads in the store, and gets them back', async () => {
  const externalStorage = new ExternalStorage({
    drivers: [new StoreDriver({ store })],
    payloadSizeThreshold: 10_000,
  });
  const large = `${canary}${'x'.repeat(20_000)}`;
  const plugin = new EnvelopePlugin({ codec: codec() });
  await withWorker(plugin, { externalStorage }, async (client) => {
    const workflowId = randomUUID();
    const before = (await store.tokens.stats()).records;
    const result = await client.workflow.execute(echo, { workflowId, taskQueue, args: [large] });
    expect(result).toBe(large);
    expect((await store.tokens.stats()).records).toBeGreaterThan(before);
    const history = await historyOf(client, workflowId);
    expect(searchBytes(Buffer.from(history), [canary])).toEqual([]);
    expect(history).toContain(Buffer.from('temporal.api.sdk.v1.ExternalStorageReference').toString('base64'));
  });
});

it('a driver gives nothing for a claim but what was kept under it', async () => {
  const driver = new StoreDriver({ store });
  const [one = {}, two = {}] = await codec().encode([
    { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('1') },
    { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('2') },
  ]);
  const [first, second] = await driver.store({ target: { namespace: 'shop' } }, [one, two]);
  if (first === undefined || second === undefined) throw new Error('There are no claims.');
  expect((await driver.retrieve({}, [second, first])).map(({ data }) => data)).toEqual([two.data, one.data]);
  const { token = '' } = first.claimData;
  const cases = [
    [{ token, sha256: second.claimData['sha256'] ?? '' }, 'damaged'],
    [{ token: randomUUID(), sha256: '' }, 'not-found'],
    [{ token: "'; DROP TABLE", sha256: '' }, 'malformed'],
    [{}, 'malformed'],
  ] as const;
  for (const [claimData, reason] of cases) {
    const error = await rejectionOf(() => driver.retrieve({}, [{ claimData: { ...claimData } }]));
    expect(error).toMatchObject({ code: 'WAXSEAL_TOKEN', reason });
  }
  const plain = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('1') };
  const refused = await rejectionOf(() => driver.store({}, [plain]));
  expect(refused['code']).toBe('WAXSEAL_CONFIGURATION');
});

it('a TokenCodec in the plugin: results, failures, replay with rights to read alone', async () => {
  const tokens = new TokenCodec({ codec: codec(), store });
  const plugin = new EnvelopePlugin({ codec: tokens });
  const [workflowId, failed] = [randomUUID(), randomUUID()];
  const history = await withWorker(plugin, {}, async (client) => {
    await expect(client.workflow.execute(echo, { workflowId, taskQueue, args: [canary] })).resolves.toBe(
      canary,
    );
    const error = await rejectionOf(() =>
      client.workflow.execute(failing, { workflowId: failed, taskQueue, args: [canary] }),
    );
    expect((error.cause as Error).message).toContain(canary);
    for (const id of [workflowId, failed]) {
      const text = await historyOf(client, id);
      expect(searchBytes(Buffer.from(text), [canary])).toEqual([]);
      expect(text).not.toContain(Buffer.from('binary/envelope').toString('base64'));
    }
    return client.workflow.getHandle(workflowId).fetchHistory();
  });
  const put = store.tokens.put.bind(store.tokens);
  let written = 0;
  store.tokens.put = (...args) => {
    written += 1;
    return put(...args);
  };
  await Worker.runReplayHistory(
    { workflowsPath: require.resolve('./support/workflows'), plugins: [plugin] },
    history,
    workflowId,
  );
  store.tokens.put = put;
  expect(written).toBe(0);
});
