import { Client, type Connection, type WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import * as orders from '@waxseal/example-order-processing/dist/activities';
import type { Order } from '@waxseal/example-order-processing/dist/types';
import { failureConverterPath } from '@waxseal/temporal';
import { rotationActivities } from '../activities';
import type { Failing, Repeating } from '../workflows';
import { makeWriters, type Writer } from './writers';

/** How much a namespace is filled with, by each writer. */
export interface Amounts {
  /** Orders that are shipped: two executions each. */
  readonly shipped: number;
  /** Orders whose card is declined. */
  readonly declined: number;
  /** Executions that wait with a pending activity and a memo. */
  readonly waiting: number;
  /** Chains of four runs. */
  readonly chain: number;
}

/** With what cron, retries, resets and schedules make besides, some 300 executions by all writers. */
export const SOME_300: Amounts = { shipped: 8, declined: 5, waiting: 4, chain: 6 };

/** One of each. */
export const FEW: Amounts = { shipped: 1, declined: 1, waiting: 2, chain: 1 };

/**
 * Fills a namespace: orders, chains, cron, retries, resets, failures, pending activities, schedules,
 * standalone activities, each by every writer. What is left open is open for good.
 */
export async function fill(
  connection: Connection,
  address: string,
  namespace: string,
  amounts: Amounts,
): Promise<void> {
  const workflowsPath = require.resolve('../workflows');
  const bundles = {
    sealed: await bundleWorkflowCode({
      workflowsPath,
      failureConverterPath: failureConverterPath(),
      logger: QUIET,
    }),
    clear: await bundleWorkflowCode({ workflowsPath, logger: QUIET }),
  };
  const native = await NativeConnection.connect({ address });
  const writers = makeWriters();
  try {
    const written = writers.map(async (writer) => {
      const bundle = writer.name === 'clear' ? bundles.clear : bundles.sealed;
      const worker = await makeWorker(native, namespace, writer, bundle);
      const client = new Client({ connection, namespace, dataConverter: writer.dataConverter });
      await worker.runUntil(write(client, writer, amounts));
    });
    // A connection that a Worker still has cannot be closed.
    await Promise.allSettled(written);
    await Promise.all(written);
  } finally {
    for (const writer of writers) writer.close();
    await native.close();
  }
}

const QUIET = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

function nothing(): void {
  // The bundler tells at length what it has made.
}

function makeWorker(
  connection: NativeConnection,
  namespace: string,
  { name, dataConverter }: Writer,
  workflowBundle: WorkflowBundleOption,
): Promise<Worker> {
  return Worker.create({
    connection,
    namespace,
    taskQueue: name,
    workflowBundle,
    activities: { ...orders, ...rotationActivities, chargePayment: orders.chargePayment },
    dataConverter,
    maxCachedWorkflows: 100,
    shutdownForceTime: '5s',
  });
}

const DECLINED_CARD = '4000000000000002';

function order(name: string, number = '4242424242424242'): Order {
  return {
    customer: { name, email: 'ada.lovelace@example.com' },
    items: [{ sku: 'sealing-wax', quantity: 1, priceCents: 1_290 }],
    card: { holder: name, number, expires: '11/29' },
    shippingAddress: { street: '12 St James Square', city: 'London', postcode: 'SW1Y 4JH' },
    deliveryNote: 'Ring twice',
  };
}

/** What is given with a workflow that is started. */
interface Started {
  readonly args: unknown[];
  readonly memo?: Record<string, unknown>;
  readonly staticSummary?: string;
}

async function write(client: Client, { name: taskQueue }: Writer, amounts: Amounts): Promise<void> {
  const id = (kind: string, index: number): string => `${taskQueue}-${kind}-${String(index)}`;
  const start = (
    type: string,
    kind: keyof Amounts,
    optionsOf: (workflowId: string) => Started,
  ): Promise<WorkflowHandle[]> =>
    Promise.all(
      Array.from({ length: amounts[kind] }, (_, index) => {
        const workflowId = id(kind, index);
        return client.workflow.start(type, { taskQueue, workflowId, ...optionsOf(workflowId) });
      }),
    );
  const shipped = await start('ProcessOrder', 'shipped', (workflowId) => ({
    args: [order(workflowId)],
    memo: { customer: 'Ada Lovelace' },
    staticSummary: 'an order',
  }));
  const declined = await start('ProcessOrder', 'declined', (workflowId) => ({
    args: [order(workflowId, DECLINED_CARD)],
  }));
  await start('Waiting', 'waiting', () => ({
    args: ['4242 4242'],
    memo: { note: 'is held' },
  }));
  const chains = await start('Chain', 'chain', () => ({
    args: [3, 'goes along'],
    memo: { note: 'goes along too' },
  }));
  const ended: Promise<unknown>[] = [...shipped, ...declined, ...chains].map((handle) =>
    handle.result().catch(() => undefined),
  );
  ended.push(
    client.workflow
      .execute<typeof Failing>('Failing', {
        taskQueue,
        workflowId: id('retried', 0),
        args: ['again'],
        retry: { maximumAttempts: 3, initialInterval: '100ms' },
      })
      .catch(() => undefined),
    repeat(client, taskQueue, id('cron', 0)),
    schedule(client, taskQueue),
    activities(client, taskQueue),
  );
  await Promise.all(ended);
  await reset(client, id('shipped', 0));
}

/** Three runs of cron, the last of which is left waiting for its time. */
async function repeat(client: Client, taskQueue: string, workflowId: string): Promise<void> {
  await client.workflow.start<typeof Repeating>('Repeating', {
    taskQueue,
    workflowId,
    args: ['is kept'],
    cronSchedule: '@every 1s',
  });
  while ((await client.workflow.count(`WorkflowId = "${workflowId}"`)).count < 3) await pause();
  await client.workflow.getHandle(workflowId).terminate('enough');
}

async function schedule(client: Client, taskQueue: string): Promise<void> {
  const handle = await client.schedule.create({
    scheduleId: `${taskQueue}-daily`,
    spec: { intervals: [{ every: '1d' }] },
    action: {
      type: 'startWorkflow',
      workflowType: 'Repeating',
      workflowId: `${taskQueue}-scheduled`,
      taskQueue,
      args: ['every day'],
      memo: { note: 'of the action' },
    },
    memo: { note: 'of the schedule' },
    state: { paused: true },
  });
  await handle.trigger();
  const query = `WorkflowId STARTS_WITH "${taskQueue}-scheduled" AND ExecutionStatus = "Completed"`;
  while ((await client.workflow.count(query)).count < 1) await pause();
}

async function activities(client: Client, taskQueue: string): Promise<void> {
  const done = await client.activity.start<string>('echo', {
    id: `${taskQueue}-done`,
    taskQueue,
    args: ['4242 4242'],
    startToCloseTimeout: '1 minute',
  });
  await done.result();
  await client.activity.start('echo', {
    id: `${taskQueue}-open`,
    taskQueue: 'nobody',
    args: ['4242 4242'],
    startToCloseTimeout: '1 hour',
  });
}

/** A new run with the old history, which ends like the old one. */
async function reset(client: Client, workflowId: string): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  const { runId } = await handle.describe();
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId },
    workflowTaskFinishEventId: 4 as never,
    requestId: workflowId,
    reason: 'to have one',
  });
  await client.workflow.getHandle(workflowId).result();
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 200));
}
