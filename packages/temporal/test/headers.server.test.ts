import { randomBytes, randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection, WithStartWorkflowOperation, WorkflowFailedError } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import {
  bundleWorkflowCode,
  NativeConnection,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { searchDatabaseFile } from '@waxseal/bring-up';
import { Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin, type HeaderOptions } from '@waxseal/temporal';

import { clientInterceptors, handlers } from './support/header-application';
import { carries, change, ends, finish, HEADER, look, waits } from './support/header-workflows';
import { serverEnvironment } from './support/server-environment';

const { address, namespace, databaseFile } = serverEnvironment();
const key = randomBytes(32);

/** What the server keeps, and by which a canary must be found where headers are in clear. */
const STORED = [
  ...['start', 'signal', 'update', 'signal-with-start', 'start-with-update', 'update-with-start'],
  ...['schedule', 'activity', 'child', 'continued', 'external-signal', 'nexus'],
];
/** What goes by without being kept. */
const PASSING = ['query', 'local-activity'];

let connection: Connection;
let nativeConnection: NativeConnection;
let bundle: WorkflowBundleWithSourceMap;
const plugins: EnvelopePlugin[] = [];

function pluginWith(
  options: HeaderOptions,
  keyring = new Keyring({ primary: new LocalKey({ id: 'k', key }) }),
) {
  const plugin = new EnvelopePlugin({ keyring, binding: 'workflow', ...options });
  plugins.push(plugin);
  return plugin;
}

const newRun = (): string => randomUUID().slice(0, 8);

const canaryOf =
  (run: string) =>
  (kind: string): string =>
    `canary-${kind}-${run}`;

function clientOf(run: string, options: HeaderOptions): Client {
  const interceptors = clientInterceptors(canaryOf(run));
  return new Client({ connection, namespace, interceptors, plugins: [pluginWith(options)] });
}

async function withWorker<T>(run: string, options: HeaderOptions, act: () => Promise<T>): Promise<T> {
  const worker = await Worker.create({
    connection: nativeConnection,
    namespace,
    taskQueue: `headers-${run}`,
    workflowBundle: bundle,
    plugins: [pluginWith(options)],
    ...handlers(),
  });
  return worker.runUntil(act);
}

beforeAll(async () => {
  connection = await Connection.connect({ address });
  nativeConnection = await NativeConnection.connect({ address });
  bundle = await bundleWorkflowCode({
    workflowsPath: require.resolve('./support/header-workflows'),
    workflowInterceptorModules: [require.resolve('./support/header-workflows')],
    plugins: [pluginWith({})],
  });
});

afterAll(async () => {
  await nativeConnection.close();
  await connection.close();
  for (const { codec } of plugins) codec.close();
});

/** Calls in every way that carries a header; gives what was received. */
async function everyWay(run: string, options: HeaderOptions): Promise<readonly string[]> {
  const client = clientOf(run, options);
  const taskQueue = `headers-${run}`;
  const endpoint = await connection.operatorService.createNexusEndpoint({
    spec: { name: `headers-${run}`, target: { worker: { namespace, taskQueue } } },
  });
  expect(endpoint.endpoint).toBeDefined();
  return withWorker(run, options, async () => {
    const carrying = await client.workflow.start(carries, { taskQueue, workflowId: `carries_${run}` });
    await carrying.executeUpdate(change);
    await carrying.query(look);
    const signalled = await client.workflow.signalWithStart(waits, {
      taskQueue,
      workflowId: `signalled_${run}`,
      signal: finish,
    });
    const startWorkflowOperation = new WithStartWorkflowOperation(waits, {
      taskQueue,
      workflowId: `updated_${run}`,
      workflowIdConflictPolicy: 'FAIL',
    });
    const updated = await client.workflow.executeUpdateWithStart(change, { startWorkflowOperation });
    const fromUpdate = client.workflow.getHandle<typeof waits>(`updated_${run}`);
    await fromUpdate.signal(finish);
    const schedule = await client.schedule.create({
      scheduleId: `scheduled_${run}`,
      spec: {},
      action: { type: 'startWorkflow', workflowType: ends, taskQueue, workflowId: `scheduled_${run}` },
    });
    // What is stored of a schedule goes back with its header.
    await schedule.update((previous) => ({ ...previous, state: { ...previous.state, note: 'changed' } }));
    await schedule.trigger();
    await carrying.signal(finish);
    const results = [await carrying.result(), await signalled.result(), updated, await fromUpdate.result()];
    let scheduled: string | undefined;
    while (scheduled === undefined) {
      const { info } = await schedule.describe();
      scheduled = info.recentActions[0]?.action.workflow.workflowId;
    }
    results.push(await client.workflow.getHandle<typeof ends>(scheduled).result());
    await schedule.delete();
    return results.flat();
  });
}

describe('headers on every path', () => {
  const [sealed, clear] = [newRun(), newRun()];

  it.each([
    ['sealed', sealed, { headers: 'seal' }],
    ['in clear', clear, {}],
  ] as const)('%s, they come to whom they are for', async (_name, run, options) => {
    const received = new Set(await everyWay(run, options));
    const kinds = [...STORED, ...PASSING].map(canaryOf(run));
    expect([...received].sort()).toEqual(kinds.sort());
  });

  it('and a canary of each is in the database where they are in clear, and of none where they are sealed', async () => {
    if (databaseFile === undefined) {
      console.warn('Not searched: TEMPORAL_ADDRESS names a server whose database file is not at hand.');
      return;
    }
    const needles = [...STORED, ...PASSING];
    const found = await searchDatabaseFile(databaseFile, needles.map(canaryOf(clear)));
    expect([...new Set(found.map(({ needle }) => needle))].sort()).toEqual(
      STORED.map(canaryOf(clear)).sort(),
    );
    expect(await searchDatabaseFile(databaseFile, needles.map(canaryOf(sealed)))).toEqual([]);
  });

  it('a replay opens them, without a wrap', async () => {
    const client = clientOf(sealed, {});
    const history = await client.workflow.getHandle(`carries_${sealed}`).fetchHistory();
    const keyring = new Keyring({ decryptOnly: [new LocalKey({ id: 'k', key })] });
    const replay = async (options: HeaderOptions) =>
      Worker.runReplayHistory(
        { workflowBundle: bundle, plugins: [pluginWith(options, keyring)] },
        history,
        `carries_${sealed}`,
      );
    await expect(replay({ headers: 'require' })).resolves.toBeUndefined();
    await expect(replay({})).resolves.toBeUndefined();
    await expect(replay({ headers: 'leave' })).rejects.toThrow(/task failure/);
  });
});

describe('what cannot be handed on', () => {
  it('fails the task with an error that names the option, and goes on with it', async () => {
    const run = newRun();
    const client = clientOf(run, { headers: 'seal' });
    const handle = await client.workflow.start(ends, {
      taskQueue: `headers-${run}`,
      workflowId: `left_${run}`,
    });
    const failure = await withWorker(run, { headers: 'leave' }, () => failureOf(client, handle.workflowId));
    expect(failure).toMatchObject({ type: 'WaxsealHeaderNotRead' });
    expect(failure.message).toContain("Set headers: 'read'");
    await withWorker(run, {}, async () => {
      expect(await handle.result()).toEqual([`canary-start-${run}`]);
    });
  });

  it('is a value in clear where sealed ones are required', async () => {
    const run = newRun();
    const client = clientOf(run, {});
    const handle = await client.workflow.start(ends, {
      taskQueue: `headers-${run}`,
      workflowId: `clear_${run}`,
    });
    const failure = await withWorker(run, { headers: 'require' }, () => failureOf(client, handle.workflowId));
    expect(failure).toMatchObject({ type: 'WaxsealHeaderInClear' });
    await handle.terminate();
  });

  it('is one of another workflow, and the Worker outlives it', async () => {
    const run = newRun();
    const other = pluginWith({});
    const context = { type: 'workflow', namespace, workflowId: 'another' } as const;
    const [taken] = await other.codec.encode([defaultPayloadConverter.toPayload('secret')], context);
    const forging = new Client({
      connection,
      namespace,
      plugins: [pluginWith({})],
      interceptors: {
        workflow: [
          { startWithDetails: (input, next) => next({ ...input, headers: { [HEADER]: taken ?? {} } }) },
        ],
      },
    });
    const taskQueue = `headers-${run}`;
    const forged = await forging.workflow.start(ends, { taskQueue, workflowId: `forged_${run}` });
    await withWorker(run, {}, async () => {
      const failure = await failureOf(forging, forged.workflowId);
      expect(failure).toMatchObject({ type: 'WaxsealContextMismatch' });
      const good = clientOf(run, { headers: 'seal' });
      expect(await good.workflow.execute(ends, { taskQueue, workflowId: `good_${run}` })).toHaveLength(1);
    });
    await forged.terminate();
    await expect(forged.result()).rejects.toBeInstanceOf(WorkflowFailedError);
  });
});

/** What the first failed workflow task says; its text goes through the codec. */
async function failureOf(client: Client, workflowId: string): Promise<{ message: string; type: unknown }> {
  const { payloadCodecs } = client.options.loadedDataConverter;
  for (;;) {
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    const failure = events?.find(({ workflowTaskFailedEventAttributes }) => workflowTaskFailedEventAttributes)
      ?.workflowTaskFailedEventAttributes?.failure;
    if (failure?.encodedAttributes != null) {
      const [attributes] = (await payloadCodecs[0]?.decode([failure.encodedAttributes])) ?? [];
      const { message } = defaultPayloadConverter.fromPayload<{ message: string }>(attributes ?? {});
      return { message, type: failure.applicationFailureInfo?.type };
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
