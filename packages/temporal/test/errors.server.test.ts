import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import * as nexus from 'nexus-rpc';
import { Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin } from '@waxseal/temporal';
import { workflowBundle } from '@waxseal/test-support/workflow-bundle';

import { errorActivities, type ErrorActivities } from './support/error-activities';
import { vaultService } from './support/messages';
import { serverEnvironment } from './support/server-environment';
import { switchableKey, type SwitchableKey } from './support/switchable-key';

const WORKFLOWS = require.resolve('./support/error-workflows');
const material = randomBytes(32);
const run = randomUUID().slice(0, 8);
const elsewhere = `${run}-elsewhere`;
const ran: string[] = [];

/** A process's key and plugin; all of them have the same key material. */
function processOf(maxMessages?: number): { key: SwitchableKey; plugin: EnvelopePlugin } {
  const key = switchableKey(new LocalKey({ id: 'orders', key: material }));
  const dataKeys = maxMessages === undefined ? {} : { maxMessages };
  const keyring = new Keyring({ primary: key, requests: { breaker: { resetAfter: '500ms' } } });
  return { key, plugin: new EnvelopePlugin({ keyring, dataKeys }) };
}

const home = processOf();
// A wrap for each payload, so that what is encoded in an outage meets it.
const away = processOf(1);
let connection: Connection;
let nativeConnection: NativeConnection;
let client: Client;
let workers: Worker[];
let running: Promise<unknown>;

beforeAll(async () => {
  // The outages are on purpose; their errors would fill the terminal.
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
  const { address, namespace } = serverEnvironment();
  connection = await Connection.connect({ address });
  nativeConnection = await NativeConnection.connect({ address });
  client = new Client({ connection, namespace, plugins: [home.plugin] });
  await connection.operatorService.createNexusEndpoint({
    spec: { name: `errors-${run}`, target: { worker: { namespace, taskQueue: elsewhere } } },
  });
  const common = { connection: nativeConnection, namespace };
  workers = [
    await Worker.create({
      ...common,
      taskQueue: run,
      plugins: [home.plugin],
      workflowBundle: await workflowBundle(WORKFLOWS, [home.plugin]),
    }),
    await Worker.create({
      ...common,
      taskQueue: elsewhere,
      plugins: [away.plugin],
      nexusServices: [
        nexus.serviceHandler(vaultService, {
          echo: (_context, input) => Promise.resolve(`${input} canary-result`),
          refuse: (_context, input) => Promise.resolve(input),
        }),
      ],
      activities: errorActivities(
        (name) => ran.push(name),
        () => {
          away.key.isDown = true;
        },
      ),
    }),
  ];
  running = Promise.all(workers.map((worker) => worker.run()));
}, 60_000);

afterAll(async () => {
  for (const worker of workers) worker.shutdown();
  await running;
  await nativeConnection.close();
  await connection.close();
  for (const { plugin } of [home, away]) plugin.codec.close();
});

const start = (workflow: string, ...args: unknown[]): Promise<WorkflowHandle> =>
  client.workflow.start(workflow, { workflowId: randomUUID(), taskQueue: run, args });

/** What the server says of the activity that a workflow waits for, once an attempt has failed. */
async function failedAttempt(handle: WorkflowHandle) {
  for (;;) {
    const { raw } = await handle.describe();
    const [activity] = raw.pendingActivities ?? [];
    if (activity?.lastFailure) {
      const { lastFailure, scheduledTime, lastAttemptCompleteTime } = activity;
      const waitS = Number(scheduledTime?.seconds ?? 0) - Number(lastAttemptCompleteTime?.seconds ?? 0);
      return { type: lastFailure.applicationFailureInfo?.type, waitS, failure: JSON.stringify(lastFailure) };
    }
    await delay(100);
  }
}

describe('an outage of the key service reaches Temporal as a failure with a type and a delay', () => {
  it.each<[keyof ErrorActivities, number]>([
    ['takesInput', 0],
    ['givesResult', 1],
  ])(
    'where an activity %s',
    async (activity, executions) => {
      away.key.isDown = activity === 'takesInput';
      const handle = await start('callsElsewhere', activity, elsewhere);
      const { type, waitS, failure } = await failedAttempt(handle);
      expect(type).toBe('WaxsealKeyServiceUnavailable');
      expect(waitS).toBeGreaterThanOrEqual(9);
      expect(waitS).toBeLessThanOrEqual(11);
      expect(failure).not.toContain('canary');
      expect(ran.filter((name) => name === activity)).toHaveLength(executions);
      away.key.isDown = false;
      expect(workers.map((worker) => worker.getState())).toEqual(['RUNNING', 'RUNNING']);
      if (activity === 'takesInput') {
        expect(await handle.result()).toBe('canary-input');
        expect(ran.filter((name) => name === activity)).toHaveLength(1);
      } else {
        await handle.terminate();
      }
    },
    60_000,
  );

  it('where an activity heartbeats: the SDK cancels the attempt, and the next one goes on', async () => {
    away.key.isDown = false;
    const handle = await start('callsElsewhere', 'heartbeats', elsewhere);
    const { failure } = await failedAttempt(handle);
    away.key.isDown = false;
    expect(failure).not.toContain('canary');
    expect(await handle.result()).toBe('canary-input');
    expect(ran.filter((name) => name === 'heartbeats')).toHaveLength(2);
    expect(workers.map((worker) => worker.getState())).toEqual(['RUNNING', 'RUNNING']);
  }, 60_000);

  it('where a Nexus operation takes its input: it is tried again, and completes', async () => {
    away.key.isDown = true;
    const handle = await start('callsNexus', `errors-${run}`);
    let failure;
    while (!failure) {
      await delay(100);
      failure = (await handle.describe()).raw.pendingNexusOperations?.[0]?.lastAttemptFailure;
    }
    const types = [failure, failure.cause].map((part) => part?.applicationFailureInfo?.type);
    expect(types).toContain('WaxsealKeyServiceUnavailable');
    expect(JSON.stringify(failure)).not.toContain('canary');
    away.key.isDown = false;
    expect(await handle.result()).toBe('canary-input canary-result');
    expect(workers.map((worker) => worker.getState())).toEqual(['RUNNING', 'RUNNING']);
  }, 60_000);

  it('where a client starts a workflow', async () => {
    const { key, plugin } = processOf(1);
    const lonely = new Client({ connection, plugins: [plugin] });
    key.isDown = true;
    const error: unknown = await lonely.workflow
      .start('callsElsewhere', { workflowId: randomUUID(), taskQueue: run, args: ['takesInput', elsewhere] })
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ApplicationFailure);
    expect(error).toMatchObject({ type: 'WaxsealKeyServiceUnavailable', code: 'WAXSEAL_KEY_SERVICE' });
    plugin.codec.close();
  });

  it('where a query and an update are answered: the one is told, the other waits, the workflow goes on', async () => {
    const { key, plugin } = processOf(1);
    const { namespace } = serverEnvironment();
    const queue = `${run}-query`;
    const worker = await Worker.create({
      connection: nativeConnection,
      namespace,
      taskQueue: queue,
      plugins: [plugin],
      workflowBundle: await workflowBundle(WORKFLOWS, [home.plugin]),
    });
    await worker.runUntil(async () => {
      const handle = await client.workflow.start('answersQueries', {
        workflowId: randomUUID(),
        taskQueue: queue,
      });
      expect(await handle.query('secret')).toBe('canary-answer');
      key.isDown = true;
      const error: unknown = await handle.query('secret').catch((caught: unknown) => caught);
      // The SDK makes this class of every query that fails, and the failure's text is encoded.
      expect(error).toMatchObject({ name: 'QueryNotRegisteredError', message: 'Encoded failure' });
      expect(JSON.stringify(error)).not.toContain('canary');
      key.isDown = false;
      let answer: unknown;
      while (answer === undefined) {
        await delay(100);
        answer = await handle.query('secret').catch(() => undefined);
      }
      expect(answer).toBe('canary-answer');
      key.isDown = true;
      const updated = handle.executeUpdate('secretly');
      await delay(1_000);
      key.isDown = false;
      expect(await updated).toBe('canary-update');
      expect((await handle.describe()).status.name).toBe('RUNNING');
      await handle.terminate();
    });
    plugin.codec.close();
  }, 60_000);
});

it('one memo that cannot be opened does not fail a listing, with a tolerant codec', async () => {
  const { namespace } = serverEnvironment();
  const retired = new EnvelopePlugin({
    keyring: new Keyring({ primary: new LocalKey({ id: 'retired', key: randomBytes(32) }) }),
  });
  const former = new Client({ connection, namespace, plugins: [retired] });
  const queue = `${run}-nobody`;
  const memo = { customer: 'canary-memo' };
  const ids = [randomUUID(), randomUUID()];
  await former.workflow.start('any', { workflowId: ids[0] ?? '', taskQueue: queue, memo });
  await client.workflow.start('any', { workflowId: ids[1] ?? '', taskQueue: queue, memo });
  const tolerant = new Client({
    connection,
    namespace,
    dataConverter: { payloadCodecs: [home.plugin.codec.tolerant()] },
  });
  const query = `TaskQueue = '${queue}'`;
  const memosOf = async (lister: Client): Promise<unknown[]> => {
    const found: [string, unknown][] = [];
    for await (const { workflowId, memo: listed } of lister.workflow.list({ query })) {
      found.push([workflowId, listed?.['customer']]);
    }
    return ids.map((id) => found.find(([workflowId]) => workflowId === id)?.[1]);
  };
  while ((await tolerant.workflow.count(query)).count < 2) await delay(100);
  await expect(memosOf(client)).rejects.toMatchObject({ code: 'WAXSEAL_UNKNOWN_KEY' });
  expect(await memosOf(tolerant)).toEqual([
    expect.stringMatching(/^\[unreadable: WAXSEAL_UNKNOWN_KEY\] .*"retired"/),
    'canary-memo',
  ]);
  for (const id of ids) await client.workflow.getHandle(id).terminate();
  retired.codec.close();
}, 60_000);
