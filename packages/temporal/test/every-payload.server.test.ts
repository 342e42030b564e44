import { randomBytes, randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AsyncCompletionClient,
  Client,
  Connection,
  ScheduleOverlapPolicy,
  type Workflow,
  type WorkflowHandle,
  type WorkflowStartOptions,
} from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import {
  bundleWorkflowCode,
  NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { searchBytes, searchDatabaseFile } from '@waxseal/bring-up';
import { Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin, redactingLogger } from '@waxseal/temporal';
import * as nexus from 'nexus-rpc';

import { createActivities } from './support/activities';
import { canaries } from './support/canaries';
import { amend, finish, note, notes, vaultService, type Orders } from './support/messages';
import { recordingLogger } from './support/recording-logger';
import { serverEnvironment } from './support/server-environment';
import type * as workflows from './support/workflows';

const environment = serverEnvironment();
const run = randomUUID().slice(0, 8);
const { canary, all } = canaries(run);
const taskQueue = `every-payload-${run}`;
const key = randomBytes(32);
const recording = recordingLogger();
const orders = (kind: string): Orders => ({ text: canary(kind), run });

/** What the workflows and activities make of the run's id themselves. */
const MADE_INSIDE = [
  ...['query-result', 'update-result', 'current-details', 'memo-upsert', 'event-group'],
  ...[
    'activity-summary',
    'activity-argument',
    'activity-result',
    'heartbeat',
    'local-argument',
    'local-result',
  ],
  ...[
    'async-argument',
    'timer-summary',
    'child-argument',
    'child-result',
    'child-memo',
    'child-summary',
    'child-details',
  ],
  ...['external-signal', 'nexus-input', 'nexus-summary', 'nexus-refused', 'workflow-result'],
  ...[
    'activity-failure',
    'local-failure',
    'child-failure',
    'timeout-heartbeat',
    'relayed-failure',
    'passed-on',
  ],
  ...['workflow-failure-message', 'workflow-failure-details', 'workflow-failure-cause'],
  ...[
    'cancel-message',
    'cancel-details',
    'cancelled-heartbeat',
    'update-failure',
    'continued-failure',
    'continued-memo',
    'continued-argument',
    'last-result',
  ],
];

describe('every kind of payload, through a real server', () => {
  let connection: Connection;
  let nativeConnection: NativeConnection;
  let client: Client;
  let worker: Worker;
  let running: Promise<void>;
  let plugin: EnvelopePlugin;
  let bundle: WorkflowBundleWithSourceMap;
  const workflowIds: string[] = [];

  const start = async (
    type: keyof typeof workflows,
    options: Pick<WorkflowStartOptions, 'memo' | 'retry' | 'staticSummary' | 'staticDetails'> & {
      args: unknown[];
    },
  ): Promise<WorkflowHandle> => {
    const workflowId = `${type}-${run}`;
    workflowIds.push(workflowId);
    return client.workflow.start<Workflow>(type, { ...options, taskQueue, workflowId });
  };

  beforeAll(async () => {
    Runtime.install({ logger: redactingLogger(recording.logger) });
    plugin = new EnvelopePlugin({
      keyring: new Keyring({ primary: new LocalKey({ id: 'test-key', key }) }),
      binding: 'workflow',
    });
    connection = await Connection.connect({ address: environment.address });
    nativeConnection = await NativeConnection.connect({ address: environment.address });
    const { namespace } = environment;
    client = new Client({
      connection,
      namespace,
      plugins: [plugin],
      interceptors: {
        workflow: [
          { terminate: (input, next) => next({ ...input, details: [canary('terminate-details')] }) },
        ],
      },
    });
    await connection.operatorService.createNexusEndpoint({
      spec: { name: `vault-${run}`, target: { worker: { namespace, taskQueue } } },
    });
    bundle = await bundleWorkflowCode({
      workflowsPath: require.resolve('./support/workflows'),
      plugins: [plugin],
    });
    const completion = new AsyncCompletionClient({
      connection,
      namespace,
      dataConverter: client.options.dataConverter,
    });
    worker = await Worker.create({
      connection: nativeConnection,
      namespace,
      taskQueue,
      workflowBundle: bundle,
      plugins: [plugin],
      activities: createActivities((taskToken) => {
        void completion
          .heartbeat(taskToken, canary('async-heartbeat'))
          .then(() => completion.complete(taskToken, canary('async-result')));
      }),
      nexusServices: [
        nexus.serviceHandler(vaultService, {
          echo: (_context, input) => Promise.resolve(`${input} ${canary('nexus-result')}`),
          refuse: (_context, input) =>
            Promise.reject(new nexus.OperationError('failed', `${input} ${canary('nexus-failure')}`)),
        }),
      ],
    });
    running = worker.run();
  });

  afterAll(async () => {
    worker.shutdown();
    await running;
    await nativeConnection.close();
    await connection.close();
    plugin.codec.close();
  });

  it('comes back readable: arguments, memo, signals, updates, queries, heartbeats, Nexus, results', async () => {
    const handle = await start('everything', {
      args: [orders('workflow-argument')],
      memo: { started: canary('memo-start') },
      staticSummary: canary('static-summary'),
      staticDetails: canary('static-details'),
    });
    await handle.signal(note, canary('signal-argument'));
    expect(await handle.executeUpdate(amend, { args: [canary('update-argument')] })).toBe(
      canary('update-result'),
    );
    const refused: unknown = await handle
      .executeUpdate(amend, { args: [canary('update-refused')] })
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ cause: { message: canary('update-failure') } });
    expect(await handle.query(notes, canary('query-argument'))).toEqual([
      canary('query-result'),
      canary('query-argument'),
      canary('signal-argument'),
      canary('update-argument'),
    ]);
    await handle.signal(finish);
    expect(await handle.result()).toBe(`${canary('workflow-argument')} ${canary('workflow-result')}`);
    const description = await handle.describe();
    expect(description.memo).toMatchObject({
      started: canary('memo-start'),
      upserted: canary('memo-upsert'),
    });
    expect(await description.staticSummary()).toBe(canary('static-summary'));
  });

  it('signal-with-start, continue-as-new and the failure of an earlier attempt come through', async () => {
    workflowIds.push(`signalled-${run}`);
    const signalled = await client.workflow.signalWithStart('everything', {
      workflowId: `signalled-${run}`,
      taskQueue,
      args: [orders('signalled-argument')],
      signal: note,
      signalArgs: [canary('signal-with-start')],
      memo: { signalled: canary('signalled-memo') },
    });
    expect(await signalled.query(notes, 'x')).toContain(canary('signal-with-start'));
    await signalled.terminate('enough');

    const continued = await start('continues', { args: [orders('first-argument')] });
    expect(await continued.result()).toBe(canary('continued-argument'));
    const retried = await start('failsOnce', {
      args: [orders('retried')],
      retry: { maximumAttempts: 2, initialInterval: '1s' },
    });
    expect(await retried.result()).toBe('second attempt');
  });

  it('failures come back with their messages, details and causes, and a cancelled activity with its details', async () => {
    const failed = await start('everyFailure', { args: [orders('failing')] });
    const error: unknown = await failed.result().catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      cause: {
        message: canary('workflow-failure-message'),
        type: 'CardDeclined',
        details: [canary('workflow-failure-details')],
        cause: {
          message: canary('workflow-failure-cause'),
          cause: {
            cause: {
              message: canary('relayed-failure'),
              cause: { message: `${canary('relayed-failure')}-cause` },
            },
          },
        },
      },
    });

    const relayed = await start('relayFailure', { args: [orders('relaying')] });
    expect(await relayed.result().catch((caught: unknown) => caught)).toMatchObject({
      cause: {
        cause: {
          message: canary('passed-on'),
          details: [`${canary('passed-on')}-details`, { text: canary('passed-on') }],
        },
      },
    });

    const withCancellation = await start('cancelsActivity', { args: [orders('to-cancel')] });
    expect(await withCancellation.result()).toBe(canary('cancel-details'));
    const toTerminate = await start('waits', { args: [orders('to-terminate')] });
    await toTerminate.terminate('enough');
  });

  it('schedules: arguments, memos and the last result come through, though the workflow ID differs', async () => {
    const scheduleId = `schedule-${run}`;
    const schedule = await client.schedule.create({
      scheduleId,
      spec: {},
      memo: { schedule: canary('schedule-memo') },
      policies: { overlap: ScheduleOverlapPolicy.BUFFER_ALL },
      action: {
        type: 'startWorkflow',
        workflowType: 'scheduled',
        workflowId: `scheduled-${run}`,
        taskQueue,
        args: [orders('schedule-argument')],
        memo: { action: canary('schedule-action-memo') },
        staticSummary: canary('schedule-summary'),
        staticDetails: canary('schedule-details'),
      },
    });
    await schedule.trigger();
    const first = await scheduledRun(schedule, 1);
    expect(await client.workflow.result(first)).toContain(canary('schedule-action-memo'));
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await schedule.trigger();
    const second = await scheduledRun(schedule, 2);
    expect(await client.workflow.result(second)).toContain(canary('last-result'));
    workflowIds.push(first, second);
    expect((await schedule.describe()).memo).toEqual({ schedule: canary('schedule-memo') });
    await schedule.delete();
  });

  it('replays from history, with a key that only decrypts and without a wrap', async () => {
    let wraps = 0;
    const inner = new LocalKey({ id: 'test-key', key });
    const decryptOnly = {
      id: inner.id,
      bindsAad: true,
      wrap: () => {
        wraps += 1;
        return Promise.reject(new Error('this key may only decrypt'));
      },
      unwrap: inner.unwrap.bind(inner),
    };
    const replayPlugin = new EnvelopePlugin({
      keyring: new Keyring({ decryptOnly: [decryptOnly] }),
      binding: 'workflow',
    });
    const histories = ['everything', 'everyFailure', 'continues'].map(async (type) => ({
      workflowId: `${type}-${run}`,
      history: await client.workflow.getHandle(`${type}-${run}`).fetchHistory(),
    }));
    const results = Worker.runReplayHistories(
      { workflowBundle: bundle, plugins: [replayPlugin] },
      await Promise.all(histories),
    );
    const errors: unknown[] = [];
    let count = 0;
    for await (const result of results) {
      count += 1;
      if (result.error !== undefined) errors.push(result.error);
    }
    expect(errors).toEqual([]);
    expect(count).toBe(3);
    expect(wraps).toBe(0);
  });

  it('leaves no canary in the histories', async () => {
    expect(all().length).toBeGreaterThan(30);
    for (const workflowId of new Set(workflowIds)) {
      const history = await client.workflow.getHandle(workflowId).fetchHistory();
      const bytes = temporal.api.history.v1.History.encode(history).finish();
      expect({ workflowId, hits: searchBytes(bytes, needles()) }).toEqual({ workflowId, hits: [] });
    }
  });

  it('leaves no canary in the database file, where one that is not encrypted is found', async () => {
    if (environment.databaseFile === undefined) {
      console.warn('Not searched: TEMPORAL_ADDRESS names a server whose database file is not at hand.');
      return;
    }
    const control = `control-${run}`;
    const plain = new Client({ connection, namespace: environment.namespace });
    const handle = await plain.workflow.start('waits', {
      taskQueue: 'nobody',
      workflowId: control,
      args: [{ text: `in-clear-${run}`, run }],
    });
    expect(await searchDatabaseFile(environment.databaseFile, [`in-clear-${run}`])).not.toEqual([]);
    await handle.terminate();
    expect(await searchDatabaseFile(environment.databaseFile, needles())).toEqual([]);
  });

  it('leaves no canary and no key bytes in the logs at DEBUG', () => {
    const text = recording.text();
    expect(text).toContain('Creating worker');
    expect(text).toContain('Activity failed');
    expect(text).toContain('Workflow failed');
    expect(searchBytes(Buffer.from(text), needles())).toEqual([]);
    const keyForms = [
      key.toString('hex'),
      key.toString('base64').slice(0, 42),
      [...key].join(', '),
      key.toString('latin1'),
    ];
    expect(keyForms.filter((form) => text.includes(form))).toEqual([]);
    expect(text).not.toContain((key.toString('hex').match(/../g) ?? []).join(' '));
  });

  function needles(): string[] {
    return [...new Set([...all(), ...MADE_INSIDE.map(canary)])];
  }
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('what the test waits for did not come about within 10 s');
}

async function scheduledRun(
  schedule: Awaited<ReturnType<Client['schedule']['create']>>,
  count: number,
): Promise<string> {
  const workflowId = async (): Promise<string | undefined> =>
    (await schedule.describe()).info.recentActions[count - 1]?.action.workflow.workflowId;
  await until(async () => (await workflowId()) !== undefined);
  return (await workflowId()) ?? '';
}
