import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection, WorkflowFailedError } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { searchBytes } from '@waxseal/bring-up';
import { localKeyUri } from '@waxseal/config';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { createLocalKeyringFile, LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin } from '@waxseal/temporal';
import { SamplesCodec, TemporalProxyCodec } from '@waxseal/compat';
import { rejectionOf } from '@waxseal/test-support';
import { makeNamespace } from '@waxseal/test-support/namespace';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { workflowBundle } from '@waxseal/test-support/workflow-bundle';

import { command, documentedConfiguration, ROOT } from './support/command';
import { KEYS } from './support/peers';
import { SampleCodec } from './support/sample-codec';
import { exported, payloadsIn } from './support/stored';

const address = process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'] ?? '';
const run = randomUUID().slice(0, 8);
const namespace = `peers-${run}`;
const card = `4242-${run}`;
const uri = `testing://${randomBytes(32).toString('base64url')}=`;
const directory = temporaryDirectory();
const keyFile = join(directory, 'keys.json');
const oldKeyFile = join(directory, 'old.key');

let connection: Connection;
let nativeConnection: NativeConnection;
let envelope: EnvelopeCodec;
let reading: EnvelopeCodec;
const closed: (() => unknown)[] = [];

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
  createLocalKeyringFile(keyFile, { id: 'orders' });
  writeFileSync(oldKeyFile, KEYS.samples);
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  const keyring = new Keyring({ primary: LocalKey.fromFile(keyFile) });
  envelope = new EnvelopeCodec({ keyring });
  reading = new EnvelopeCodec({ keyring, encrypt: false });
  connection = await Connection.connect({ address });
  nativeConnection = await NativeConnection.connect({ address });
  await makeNamespace(connection, namespace);
}, 60_000);

afterAll(async () => {
  for (const close of closed) close();
  envelope.close();
  reading.close();
  await connection.close();
  await nativeConnection.close();
});

const samples = (): SamplesCodec =>
  new SamplesCodec({ keys: { 'test-key-id': () => readFileSync(oldKeyFile) } });

function proxy(writeUnder?: string): TemporalProxyCodec {
  const codec = new TemporalProxyCodec({ base64Keys: [uri], writeUnder });
  closed.push(() => {
    codec.close();
  });
  return codec;
}

/** The plugin of a process that has moved. */
const moved = (): EnvelopePlugin => new EnvelopePlugin({ codecs: [samples(), proxy(), envelope] });
/** Of one that writes what those behind the proxy read. */
const halfMoved = (): EnvelopePlugin => new EnvelopePlugin({ codecs: [samples(), proxy(uri), reading] });

interface Fleet {
  readonly plugins?: EnvelopePlugin[];
  readonly dataConverter?: DataConverter;
}

async function withWorker<T>(
  fleet: Fleet,
  work: (client: Client) => Promise<T>,
  bundle = workflowBundle(require.resolve('./support/workflows'), [moved()]),
): Promise<T> {
  const worker = await Worker.create({
    ...fleet,
    connection: nativeConnection,
    namespace,
    taskQueue: `peers-${run}`,
    workflowBundle: await bundle,
    activities: {
      echo: (value: string) => Promise.resolve(value),
      fails: (value: string) => Promise.reject(new Error(`The activity says ${value}`)),
    },
    // Every task replays, so that nothing rests on what is in memory.
    maxCachedWorkflows: 0,
  });
  const client = new Client({ ...fleet, connection, namespace });
  return worker.runUntil(work(client));
}

const start = { taskQueue: `peers-${run}`, memo: { note: card } };

/** Starts an order, and comes back when it waits. */
async function begin(client: Client, workflowId: string): Promise<void> {
  const handle = await client.workflow.start('order', { ...start, workflowId, args: [card] });
  for (;;) {
    const { events } = await handle.fetchHistory();
    if (events?.some(({ activityTaskCompletedEventAttributes: done }) => done)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function finish(client: Client, workflowId: string): Promise<unknown> {
  const handle = client.workflow.getHandle(workflowId);
  await handle.signal('tell', `told-${card}`);
  return handle.result();
}

describe.each<[string, string, () => Fleet]>([
  ['a sample of the SDKs', 'samples', () => ({ dataConverter: { payloadCodecs: [new SampleCodec()] } })],
  ['temporal-proxy', 'temporal-proxy', () => ({ dataConverter: { payloadCodecs: [proxy(uri)] } })],
])('an execution that was begun with %s', (_who, format, fleet) => {
  const workflowId = `${format}-${run}`;
  const other = `${format}-other-${run}`;

  it('is continued, listed and replayed by those who have moved', async () => {
    await withWorker(fleet(), async (client) => {
      await begin(client, workflowId);
      await begin(client, other);
    });
    const result = await withWorker({ plugins: [moved()] }, async (client) => {
      const done = await finish(client, workflowId);
      expect((await client.workflow.getHandle(workflowId).describe()).memo).toEqual({ note: card });
      return done;
    });
    expect(result).toEqual([card, `told-${card}`]);
    const history = await new Client({ connection, namespace }).workflow.getHandle(workflowId).fetchHistory();
    expect(searchBytes(Buffer.from(JSON.stringify(history)), [card])).toEqual([]);
    const replayed = Worker.runReplayHistories(
      {
        plugins: [moved()],
        workflowBundle: await workflowBundle(require.resolve('./support/workflows'), [moved()]),
      },
      [{ workflowId, history }],
    );
    for await (const { error } of replayed) expect(error).toBeUndefined();
  }, 40_000);

  it('goes on while a part of the fleet has moved, in both directions', async () => {
    const result = await withWorker({ plugins: [halfMoved()] }, (client) => finish(client, other));
    expect(result).toEqual([card, `told-${card}`]);
    // Those behind the proxy read what the others write; a sample cannot.
    const behind = new Client({ dataConverter: { payloadCodecs: [proxy()] }, connection, namespace });
    expect(await behind.workflow.getHandle(other).result()).toEqual(result);
  }, 40_000);
});

it('the configuration that the documentation shows decodes both', async () => {
  const configuration = documentedConfiguration('docs/migrating.md').replace(
    'TemporalProxyCodec({',
    '$& base64Keys: [process.env.TEST_KEY_URI],',
  );
  writeFileSync(join(directory, 'waxseal.config.mjs'), configuration);
  const shown = await Promise.all(
    ['samples', 'temporal-proxy'].map((format) =>
      command(directory, ['decode', '--workflow-id', `${format}-${run}`, '--readable'], {
        TEMPORAL_NAMESPACE: namespace,
        WAXSEAL_PRIMARY_KEY: localKeyUri(keyFile, 'orders'),
        OLD_KEY_FILE: oldKeyFile,
        PROXY_KEY_URI:
          'awskms:///arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
        TEST_KEY_URI: uri,
      }),
    ),
  );
  for (const text of shown) expect(text).toContain(`told-${card}`);
}, 40_000);

describe('writing as temporal-proxy does, with encrypt: false', () => {
  it('leaves no message of an error in clear', async () => {
    const workflowId = `failing-${run}`;
    const plugins = [halfMoved()];
    // The bundle decides what becomes of errors of workflow code, and so it is made by the same plugin.
    const bundle = workflowBundle(require.resolve('./support/failing-workflows'), plugins);
    const work = async (client: Client): Promise<void> => {
      const args = [card];
      const error = await rejectionOf(() =>
        client.workflow.execute('failing', { ...start, workflowId, args }),
      );
      expect(error).toBeInstanceOf(WorkflowFailedError);
      // Those who read it get it back.
      expect((error.cause as Error).message).toBe(`It says ${card}`);
    };
    await withWorker({ plugins }, work, bundle);
    const history = await exported(new Client({ connection, namespace }), workflowId);
    expect(searchBytes(Buffer.from(history), [card, 'It says', 'The activity says'])).toEqual([]);
    const formats = payloadsIn(JSON.parse(history)).map(({ metadata }) => Object.keys(metadata).length);
    expect(new Set(formats)).toEqual(new Set([3]));
  }, 40_000);
});
