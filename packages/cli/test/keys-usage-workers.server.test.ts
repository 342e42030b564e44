import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { makeNamespace } from '@waxseal/test-support/namespace';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { ended, startWaxseal, waxseal, type Ended } from './support/waxseal';

const { COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION: COMPLETE, COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION: FAIL } =
  temporal.api.enums.v1.CommandType;
const address = process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'] ?? '';
const namespace = `workers-${randomUUID().slice(0, 8)}`;
const environment = {
  HOME: temporaryDirectory(),
  XDG_CONFIG_HOME: undefined,
  TEMPORAL_ADDRESS: address,
  TEMPORAL_NAMESPACE: namespace,
};
const TASK_QUEUE = 'waxseal-key-scan';
const INPUT = { namespace, parallel: 1, mostInSlice: 10 };
const EMPTY_USAGE = {
  ...{ events: 0, payloads: 0, encrypted: 0, clearFailures: 0, sdkMarkers: 0, notToldApart: 0, notRead: 0 },
  holders: {},
  uses: [],
};
const PLAN = {
  ...{ id: 'x', retentionMs: 1, asOfMs: Date.now(), slices: [], blindSpots: [], leftOut: [] },
  known: { listed: ['workflows'], deployments: false, batches: false },
};
/** What says that nothing is there. */
const NOTHING = { plan: PLAN, executions: 0, gone: 0, leftOut: [], usage: EMPTY_USAGE };

let connection: Connection;
let client: Client;

beforeAll(async () => {
  connection = await Connection.connect({ address });
  client = new Client({ connection, namespace });
  await makeNamespace(connection, namespace);
}, 60_000);
afterAll(() => connection.close());

/** Starts what says to be a scan, in the place of the one that is there. */
async function start(input: object, over: { readonly type?: string; readonly taskQueue?: string } = {}) {
  return client.workflow.start(over.type ?? 'waxsealKeyScan', {
    workflowId: 'waxseal-key-scan',
    taskQueue: over.taskQueue ?? TASK_QUEUE,
    args: [input],
    workflowIdConflictPolicy: 'TERMINATE_EXISTING',
  });
}

/** Ends the scan as whoever polls its task queue can. */
async function end(result: object | string): Promise<void> {
  await connection.withDeadline(Date.now() + 30_000, async () => {
    const service = connection.workflowService;
    let task = await service.pollWorkflowTaskQueue({ namespace, taskQueue: { name: TASK_QUEUE } });
    // Who watches asks how far it is.
    while (task.query)
      task = await service.pollWorkflowTaskQueue({ namespace, taskQueue: { name: TASK_QUEUE } });
    const { taskToken } = task;
    const metadata = { encoding: Buffer.from('json/plain') };
    const payloads = [{ metadata, data: Buffer.from(JSON.stringify(result)) }];
    const command =
      typeof result === 'string'
        ? {
            commandType: FAIL,
            failWorkflowExecutionCommandAttributes: {
              failure: { message: result, applicationFailureInfo: {} },
            },
          }
        : { commandType: COMPLETE, completeWorkflowExecutionCommandAttributes: { result: { payloads } } };
    await service.respondWorkflowTaskCompleted({ namespace, taskToken, commands: [command] });
  });
}

const watch = (...args: string[]): Promise<Ended> =>
  waxseal(['keys', 'usage', '--watch', '--json', ...args], '', environment);

describe('a scan by Workers', () => {
  it.each(['--watch', '--on-workers'])('%s names a namespace that is not there', async (option) => {
    const nowhere = { ...environment, TEMPORAL_NAMESPACE: 'nowhere' };
    const { exitCode, stderr } = await waxseal(['keys', 'usage', option], '', nowhere);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('no namespace "nowhere"')]);
  });

  it.each([
    [
      'with something counted already',
      { ...INPUT, carried: { plan: PLAN, done: {}, usage: EMPTY_USAGE } },
      {},
    ],
    ['of another namespace', { ...INPUT, namespace: 'empty' }, {}],
    ['of another type', INPUT, { type: 'forged' }],
    ['on the task queue of somebody', INPUT, { taskQueue: 'theirs' }],
  ])('is not taken that began %s', async (_what, input, over) => {
    await start(input, over);
    for (const option of ['--watch', '--on-workers']) {
      const { exitCode, stdout, stderr } = await waxseal(['keys', 'usage', option], '', environment);
      expect([exitCode, stdout]).toEqual([1, '']);
      expect(stderr).toContain('was not started by this command');
    }
  });

  it('is not taken in the place of which another was put while it ran', async () => {
    await start(INPUT);
    const child = startWaxseal(['keys', 'usage', '--watch', '--json'], environment);
    child.stdin?.end();
    const result = ended(child);
    // It has looked at how the scan began once it asks how far it is.
    const handle = client.workflow.getHandle('waxseal-key-scan');
    await connection.withDeadline(Date.now() + 30_000, async () => {
      const service = connection.workflowService;
      const { taskToken } = await service.pollWorkflowTaskQueue({
        namespace,
        taskQueue: { name: TASK_QUEUE },
      });
      await service.respondWorkflowTaskCompleted({ namespace, taskToken, commands: [] });
      for (;;) {
        const { query } = await service.pollWorkflowTaskQueue({ namespace, taskQueue: { name: TASK_QUEUE } });
        if (query) break;
      }
    });
    await handle.terminate();
    await start({ ...INPUT, carried: { plan: PLAN, done: {}, usage: EMPTY_USAGE } });
    await end(NOTHING);
    const { exitCode, stdout, stderr } = await result;
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain('was not started by this command');
  });

  it('is taken as its Workers give it, and says what Workers of an older release did not tell', async () => {
    await start(INPUT);
    await end(NOTHING);
    expect(JSON.parse((await watch()).stdout)).toMatchObject({ complete: true, payloads: 0 });
    const empty = await watch('--fail-if-used', 'k1');
    expect([empty.exitCode, empty.stderr]).toEqual([1, expect.stringContaining('Nothing was there')]);
    await start(INPUT);
    await end({ ...NOTHING, plan: { ...PLAN, leftOut: undefined } });
    expect(JSON.parse((await watch()).stdout)).toMatchObject({ complete: false });
  });

  it('tells why it failed', async () => {
    await start(INPUT);
    await end('too \u001b[31mlarge');
    const { exitCode, stderr } = await watch();
    const { error } = JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as {
      readonly error: { readonly code: string; readonly message: string };
    };
    expect([exitCode, error.code]).toEqual([1, 'WAXSEAL_TEMPORAL']);
    expect(error.message).toContain('FAILED (too \\u001b[31mlarge)');
  });
});
