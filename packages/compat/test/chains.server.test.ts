import { randomBytes, randomUUID } from 'node:crypto';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, type ClientInterceptors, Connection } from '@temporalio/client';
import { defaultPayloadConverter, type Payload, type PayloadCodec } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { TokenCodec } from '@waxseal/claim-check';
import { createCodecServer, listen } from '@waxseal/codec-server';
import { EncryptionSdkCodec, FernetCodec, SamplesCodec, TemporalProxyCodec } from '@waxseal/compat';
import { ZlibCodec } from '@waxseal/compression';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { PgliteStore, type Store } from '@waxseal/store';
import { EnvelopePlugin } from '@waxseal/temporal';
import type { PayloadJson } from '@waxseal/test-support';
import { makeNamespace } from '@waxseal/test-support/namespace';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { workflowBundle } from '@waxseal/test-support/workflow-bundle';

import { command, documentedConfiguration, ROOT } from './support/command';
import { KEYS, rawKeyring, VECTORS } from './support/peers';
import { SampleCodec } from './support/sample-codec';
import { exported, payloadsIn, protojsonOf } from './support/stored';

const address = process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'] ?? '';
const run = randomUUID().slice(0, 8);
const namespace = `chains-${run}`;
const workflowId = `ledger-${run}`;
const taskQueue = workflowId;
const directory = temporaryDirectory();
const uri = `testing://${randomBytes(32).toString('base64url')}=`;
const [key, oldKey] = [randomBytes(32), randomBytes(32)];
const bundle = (): Promise<{ codePath: string }> =>
  workflowBundle(require.resolve('./support/workflows'), [new EnvelopePlugin({ codec: sealing })]);

const orders = (): LocalKey => new LocalKey({ id: 'orders', key });
const old = (): LocalKey => new LocalKey({ id: 'old', key: oldKey });
const sealing = new EnvelopeCodec({ keyring: new Keyring({ primary: orders(), decryptOnly: [old()] }) });
const sealingUnderOld = new EnvelopeCodec({ keyring: new Keyring({ primary: old() }) });
const opening = new EnvelopeCodec({ keyring: new Keyring({ decryptOnly: [orders(), old()] }) });
const zlib = new ZlibCodec({ threshold: 0, alwaysEncode: true });
const proxy = new TemporalProxyCodec({ base64Keys: [uri, KEYS.temporalProxy], writeUnder: uri });
const proxyReading = new TemporalProxyCodec({ base64Keys: [uri, KEYS.temporalProxy] });

let connection: Connection;
let nativeConnection: NativeConnection;
let store: Store;

/** The whole chain, in the order that the documentation gives. */
const chain = (codec: EnvelopeCodec): readonly PayloadCodec[] => [
  new ZlibCodec(),
  new SamplesCodec({
    keys: { test: Buffer.from(KEYS.samples), 'test-key-id': Buffer.from(KEYS.samples) },
    emptyKeyId: 'test',
    keyIdsThatAreKeys: [KEYS.samples],
  }),
  proxyReading,
  new EncryptionSdkCodec({ keyring: rawKeyring() }),
  new FernetCodec({ keys: KEYS.fernet.map((text) => Buffer.from(text)) }),
  new TokenCodec({ codec, store }),
];

/** Says what another implementation wrote. */
const recorded = (payload: Payload): PayloadCodec => ({
  encode: () => Promise.resolve([payload]),
  decode: (payloads) => Promise.resolve(payloads),
});

/** Hands on a header with each signal. */
const interceptors: ClientInterceptors = {
  workflow: [
    {
      signal: (input, next) =>
        next({ ...input, headers: { tenant: defaultPayloadConverter.toPayload(`tenant-${run}`) } }),
    },
  ],
};

interface Writer {
  readonly codecs?: readonly PayloadCodec[];
  readonly plugin?: EnvelopePlugin;
  readonly value: unknown;
  /** What is counted for its signal: a key of the report, or plaintext, or a token. */
  readonly counted: string;
}

/** Who tells the workflow, each in a format of their own. */
function writers(): readonly Writer[] {
  const sealed = (name: string, counted: string, codecs: readonly PayloadCodec[]): Writer => ({
    plugin: new EnvelopePlugin({ codecs: [...codecs], headers: 'seal' }),
    value: `${name} ${run}`,
    counted,
  });
  const written = (name: string, counted: string, codecs: readonly PayloadCodec[]): Writer => ({
    codecs,
    value: `${name} ${run}`,
    counted,
  });
  const tokens = new TokenCodec({ codec: sealing, store });
  return [
    written('in clear', 'plaintext', []),
    written('compressed', 'plaintext', [zlib]),
    written('of a sample', 'samples', [new SampleCodec()]),
    written('compressed, of a sample', 'samples', [zlib, new SampleCodec()]),
    written('of the proxy', 'temporal-proxy', [proxy]),
    ...VECTORS.filter(({ inner, name }) => inner !== undefined || name === 'go-zlib-inside').map(
      ({ payload, format }) => ({
        codecs: [recorded(payload)],
        value: { hello: 'world' },
        counted: format,
      }),
    ),
    sealed('sealed', 'waxseal orders', [sealing]),
    sealed('under an old key', 'waxseal old', [sealingUnderOld]),
    sealed('compressed and sealed', 'waxseal orders', [zlib, sealing]),
    sealed('kept elsewhere', 'token', [tokens]),
    sealed('compressed and kept elsewhere', 'token', [zlib, tokens]),
  ];
}

const clientOf = ({ codecs = [], plugin }: Partial<Writer>): Client =>
  new Client({
    connection,
    namespace,
    ...(plugin === undefined
      ? { dataConverter: { payloadCodecs: [...codecs] } }
      : { plugins: [plugin], interceptors }),
  });

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  store = new PgliteStore({ directory: join(directory, 'store') });
  connection = await Connection.connect({ address });
  nativeConnection = await NativeConnection.connect({ address });
  await Promise.all([store.check(), makeNamespace(connection, namespace)]);
}, 60_000);

afterAll(async () => {
  for (const codec of [sealing, sealingUnderOld, opening, proxy, proxyReading]) codec.close();
  await store.close();
  await connection.close();
  await nativeConnection.close();
});

describe('a workflow whose history holds all formats', () => {
  let values: readonly unknown[];
  let counted: readonly string[];
  let stored: { readonly events: readonly Record<string, unknown>[] };
  let memo: readonly PayloadJson[];

  it('runs to its end, and is described and listed', async () => {
    const all = writers();
    const first = `begun by a sample ${run}`;
    const beginner = clientOf({ codecs: [new SampleCodec()] });
    const args = [first, all.length];
    await beginner.workflow.start('ledger', { workflowId, taskQueue, args, memo: { note: first } });
    for (const writer of all) {
      await clientOf(writer).workflow.getHandle(workflowId).signal('note', writer.value);
    }
    const plugin = new EnvelopePlugin({ codecs: [...chain(sealing)] });
    const worker = await Worker.create({
      connection: nativeConnection,
      namespace,
      taskQueue,
      plugins: [plugin],
      workflowBundle: await bundle(),
      activities: { echo: (value: string) => Promise.resolve(value) },
      // Every task replays, so that nothing rests on what is in memory.
      maxCachedWorkflows: 0,
    });
    const client = clientOf({ plugin });
    const handle = client.workflow.getHandle(workflowId);
    values = all.map(({ value }) => value);
    counted = all.map((writer) => writer.counted);
    expect(await worker.runUntil(handle.result())).toEqual([first, ...values]);
    const described = await handle.describe();
    expect(described.memo).toEqual({ note: first });
    const raw = described.raw as { readonly workflowExecutionInfo?: { readonly memo?: unknown } };
    memo = payloadsIn(JSON.parse(protojsonOf(raw.workflowExecutionInfo?.memo)));
    stored = JSON.parse(await exported(client, workflowId)) as typeof stored;
    // The list comes later than the end.
    for (let listed: unknown[] = []; listed.length === 0;) {
      for await (const each of client.workflow.list({ query: `ExecutionStatus = 'Completed'` }))
        listed = [...listed, each.memo];
      if (listed.length > 0) expect(listed).toEqual([{ note: first }]);
    }
  }, 40_000);

  it('is replayed by keys that may only unwrap', async () => {
    const plugin = new EnvelopePlugin({ codecs: [...chain(opening)] });
    const history = await clientOf({}).workflow.getHandle(workflowId).fetchHistory();
    await Worker.runReplayHistory({ plugins: [plugin], workflowBundle: await bundle() }, history, workflowId);
  }, 20_000);

  it('is decoded by a Codec Server, headers too', async () => {
    const server = await listen(createCodecServer({ codecs: [...chain(opening)] }), { port: 0 });
    const all = payloadsIn(stored);
    const answer = await fetch(`${server.url}/decode`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-namespace': namespace },
      body: JSON.stringify({ payloads: all }),
    });
    const { payloads } = (await answer.json()) as { readonly payloads: readonly PayloadJson[] };
    await server.close();
    expect(answer.status).toBe(200);
    const decoded = new Map(payloads.map((payload, index) => [all[index], payload]));
    const valueOf = (payload: PayloadJson): unknown => {
      const { metadata, data } = decoded.get(payload) ?? payload;
      expect(Buffer.from(metadata['encoding'] ?? '', 'base64').toString()).toBe('json/plain');
      return JSON.parse(Buffer.from(data, 'base64').toString());
    };
    const signals = stored.events.flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
      signal == null ? [] : [signal as { readonly input: unknown; readonly header: unknown }],
    );
    expect(signals.flatMap(({ input }) => payloadsIn(input).map(valueOf))).toEqual(values);
    const headers = signals.flatMap(({ header }) => payloadsIn(header).map(valueOf));
    expect(headers).toEqual(new Array(5).fill(`tenant-${run}`));
    expect(all.map(valueOf)).toContainEqual([`begun by a sample ${run}`, ...values]);
  });

  it('is decoded, shown and counted by the command, with the configuration of the documentation', async () => {
    const { records } = await store.tokens.stats();
    await store.close();
    symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
    writeFileSync(join(directory, 'waxseal.config.mjs'), documentedConfiguration('docs/compatibility.md'));
    writeFileSync(join(directory, 'keys.mjs'), KEYS_MODULE);
    const ask = (...args: string[]): Promise<string> =>
      command(directory, args, { TEMPORAL_NAMESPACE: namespace });
    const texts = [...values, { note: `begun by a sample ${run}` }].flatMap((value) =>
      typeof value === 'string' ? [value] : [],
    );
    const shown = await ask('decode', '--workflow-id', workflowId, '--readable');
    expect(texts.filter((text) => !shown.includes(text))).toEqual([]);
    expect(shown.split(`tenant-${run}`)).toHaveLength(1 + 5);

    const all = [...payloadsIn(stored), ...memo];
    const expected = countOf(all);
    // What the test knows of its signals agrees with what it finds in the history.
    for (const format of new Set(counted)) {
      const told = counted.filter((each) => each === format).length;
      expect(expected.get(format) ?? 0).toBeGreaterThanOrEqual(told);
    }
    const inspected = await ask('inspect', '--workflow-id', workflowId, '--ndjson');
    const lines = inspected.trim().split('\n');
    const inspectedFormats = lines
      .map((line) => JSON.parse(line) as { readonly format?: string })
      .map(({ format }) => format);
    expect(inspectedFormats.filter((format) => format === 'fernet')).toHaveLength(2);
    expect(new Set(inspectedFormats)).toEqual(
      new Set([
        ...['plaintext', 'samples', 'temporal-proxy', 'aws-encryption-sdk', 'fernet', 'waxseal', 'elsewhere'],
        // The last line has the totals.
        undefined,
      ]),
    );

    const usage = JSON.parse(await ask('keys', 'usage', '--json', '--store')) as UsageJson;
    // Beside the records, the store has the key that names them.
    expected.set('waxseal orders', (expected.get('waxseal orders') ?? 0) + records + 1);
    expect(usage).toMatchObject({ complete: true, malformed: [], unseen: [], elsewhere: [] });
    expect(reported(usage)).toEqual(Object.fromEntries([...expected].sort()));
    expect(JSON.stringify(usage)).not.toContain(uri.slice('testing://'.length));
  }, 60_000);
});

interface UsageJson {
  readonly keys: readonly { readonly format: string; readonly id: string; readonly payloads: number }[];
  readonly plaintext: readonly { readonly payloads: number }[];
  readonly inStore: readonly { readonly payloads: number }[];
}

/** Payloads by format, and envelopes by key, as the report has them. */
function reported({ keys, plaintext, inStore }: UsageJson): Record<string, number> {
  const counts = new Map<string, number>();
  const add = (name: string, { payloads }: { readonly payloads: number }): void => {
    counts.set(name, (counts.get(name) ?? 0) + payloads);
  };
  for (const use of keys) add(use.format === 'waxseal' ? `waxseal ${use.id}` : use.format, use);
  for (const use of plaintext) add('plaintext', use);
  for (const use of inStore) add('token', use);
  return Object.fromEntries([...counts].sort());
}

/** The same by a count of its own, from what metadata say. */
function countOf(payloads: readonly PayloadJson[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { metadata, data } of payloads) {
    const text = (name: string): string => Buffer.from(metadata[name] ?? '', 'base64').toString();
    const names: Readonly<Record<string, string>> = {
      'json/plain': 'plaintext',
      'binary/zlib': 'plaintext',
      'binary/uuid-sub': 'token',
      'binary/envelope': `waxseal ${text('encryption-key-id')}`,
      'awsencriptionsdk/binary/encrypted': 'aws-encryption-sdk',
      'binary/fernet-encrypted': 'fernet',
      'binary/encrypted':
        'encryption-dek' in metadata
          ? 'temporal-proxy'
          : Buffer.from(data, 'base64').toString().startsWith('gAAAAA')
            ? 'fernet'
            : 'samples',
    };
    const name = names[text('encoding')] ?? text('encoding');
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** What the configuration takes its keys from. */
const KEYS_MODULE = `
import { RawAesKeyringNode, RawAesWrappingSuiteIdentifier } from '@aws-crypto/client-node';
import { Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { PgliteStore } from '@waxseal/store';

const local = (id, key) => new LocalKey({ id, key: Buffer.from(key, 'base64') });
const sample = Buffer.from(${JSON.stringify(KEYS.samples)});
export const keyring = new Keyring({
  primary: local('orders', ${JSON.stringify(key.toString('base64'))}),
  decryptOnly: [local('old', ${JSON.stringify(oldKey.toString('base64'))})],
});
export const store = new PgliteStore({ directory: ${JSON.stringify(join(directory, 'store'))} });
export const samples = {
  keys: { test: sample, 'test-key-id': sample },
  emptyKeyId: 'test',
  keyIdsThatAreKeys: [${JSON.stringify(KEYS.samples)}],
};
export const proxy = { base64Keys: ${JSON.stringify([uri, KEYS.temporalProxy])} };
export const encryptionSdk = {
  keyring: new RawAesKeyringNode({
    keyName: 'orders',
    keyNamespace: 'waxseal-test',
    unencryptedMasterKey: new Uint8Array(sample),
    wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
  }),
};
export const fernet = { keys: ${JSON.stringify(KEYS.fernet)}.map((text) => Buffer.from(text)) };
`;
