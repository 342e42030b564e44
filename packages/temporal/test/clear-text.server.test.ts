import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { rejectionOf } from '@waxseal/test-support';
import { workflowBundle } from '@waxseal/test-support/workflow-bundle';
import { type ClearTextOptions, EnvelopePlugin, SearchTokens } from '../src';
import { parseSearchKeys, sealNewSearchKey, searchKeysText } from '../src/search/search-keys';
import { ends, go, type Leak, leaks, ping } from './support/clear-text-workflows';
import { serverEnvironment } from './support/server-environment';

const { address, namespace } = serverEnvironment();
const KEYWORD = temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;
const CARD = '4111-1111-1111-1111';
const EMAIL = 'ada@example.com';
const REFUSED = { code: 'WAXSEAL_CONFIDENTIAL' };
const CUSTOMER_EMAIL = defineSearchAttributeKey('CustomerEmail', SearchAttributeType.KEYWORD);

const keyring = new Keyring({ primary: new LocalKey({ id: 'k', key: randomBytes(32) }) });
const clearText: ClearTextOptions = {
  searchAttributes: ['CustomerEmail'],
  patterns: ['card-number', 'email'],
};
const guarded = new EnvelopePlugin({ keyring, clearText });
const open = new EnvelopePlugin({ keyring });
const taskQueue = `clear-text-${randomUUID()}`;

let connection: Connection;
let native: NativeConnection;
let client: Client;

/** Asks until there is something. */
async function waitUntil<T>(ask: () => Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const found = await ask();
    if (found !== undefined && found !== false) return found;
    await sleep(100);
  }
}

async function withWorker<T>(plugin: EnvelopePlugin, act: () => Promise<T>): Promise<T> {
  const worker = await Worker.create({
    connection: native,
    namespace,
    taskQueue,
    workflowBundle: await workflowBundle(require.resolve('./support/clear-text-workflows'), [plugin]),
    activities: { echo: (text: string) => Promise.resolve(text) },
    maxCachedWorkflows: 0,
    plugins: [plugin],
  });
  return worker.runUntil(act);
}

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  connection = await Connection.connect({ address });
  native = await NativeConnection.connect({ address });
  client = new Client({ connection, namespace, plugins: [guarded] });
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: { CustomerEmail: KEYWORD },
  });
}, 60_000);

afterAll(async () => {
  await native.close();
  await connection.close();
  for (const { codec } of [guarded, open]) codec.close();
});

describe('a client with clearText', () => {
  const start = { taskQueue, args: ['summary', 'x'] as [Leak, string] };

  it('sends nothing in clear that it refuses, and all else', async () => {
    const id = randomUUID();
    const typed = (value: string) => ({ typedSearchAttributes: [{ key: CUSTOMER_EMAIL, value }] });
    const operation = () =>
      new WithStartWorkflowOperation(leaks, {
        ...start,
        workflowId: `order-${CARD}`,
        workflowIdConflictPolicy: 'FAIL',
      });
    const handle = client.workflow.getHandle(id);
    const calls: readonly (() => Promise<unknown>)[] = [
      () => client.workflow.start(leaks, { ...start, workflowId: `order-${CARD}` }),
      () => client.workflow.start(leaks, { ...start, workflowId: id, memo: { [EMAIL]: 1 } }),
      () => client.workflow.start(leaks, { ...start, workflowId: id, ...typed('ada') }),
      () =>
        client.workflow.start(leaks, {
          ...start,
          workflowId: id,
          // eslint-disable-next-line @typescript-eslint/no-deprecated -- still taken
          searchAttributes: { CustomerEmail: ['a'] },
        }),
      () => client.workflow.signalWithStart(leaks, { ...start, workflowId: CARD, signal: go }),
      () => client.workflow.executeUpdateWithStart(ping, { startWorkflowOperation: operation() }),
      () => handle.signal(`to ${EMAIL}`),
      () => handle.query(`of ${EMAIL}`),
      () => handle.executeUpdate('ping', { updateId: EMAIL }),
      () => handle.terminate(`asked by ${EMAIL}`),
      () =>
        client.schedule.create({
          scheduleId: id,
          spec: {},
          state: { note: `for ${EMAIL}` },
          action: { type: 'startWorkflow', workflowType: ends, taskQueue },
        }),
    ];
    for (const call of calls) {
      const error = await rejectionOf(call);
      expect(error).toMatchObject(REFUSED);
      expect(String(error)).not.toMatch(/4111|ada/);
    }
    expect(await rejectionOf(() => handle.describe())).toMatchObject({ name: 'WorkflowNotFoundError' });
    const allowed = await client.workflow.start(leaks, {
      taskQueue,
      args: ['summary', CARD],
      workflowId: `order-${id}`,
      memo: { note: EMAIL },
    });
    await allowed.terminate('no longer wanted');
  });
});

describe('a Worker with clearText', () => {
  it('fails tasks that would leave something in clear, and goes on when it may', async () => {
    const leaking: readonly (readonly [Leak, string])[] = [
      ['child ID', `for-${CARD}-1`],
      ['search attribute', EMAIL],
      ['memo key', EMAIL],
      ['failure type', `Declined ${CARD}`],
      ['activity ID', `charge-${CARD}`],
    ];
    const started = await Promise.all(
      leaking.map(async (args) => {
        const workflowId = `leaks-${randomUUID()}`;
        return client.workflow.start(leaks, { taskQueue, workflowId, args: [...args] });
      }),
    );
    await withWorker(guarded, async () => {
      await Promise.all(
        started.map(async (handle) => {
          await handle.signal(go);
          const failed = await waitUntil(async () => {
            const { events } = await handle.fetchHistory();
            if (events?.some((event) => event.workflowExecutionCompletedEventAttributes) === true)
              return 'done';
            return events?.find((event) => event.workflowTaskFailedEventAttributes);
          });
          const type = 'WaxsealConfidential';
          expect(failed).toMatchObject({
            workflowTaskFailedEventAttributes: { failure: { applicationFailureInfo: { type } } },
          });
        }),
      );
    });
    // What waits is not lost.
    await withWorker(open, async () => {
      const outcomes = await Promise.all(
        started.map((handle) => handle.result().catch((error: unknown) => error)),
      );
      for (const [index, [place, text]] of leaking.entries()) {
        if (place === 'failure type') expect(outcomes[index]).toMatchObject({ cause: { type: text } });
        else expect(outcomes[index]).toBe('done');
      }
    });
  }, 60_000);

  it('does not fail for what is in the history already, nor for what is encrypted', async () => {
    const waits = await client.workflow.start(leaks, {
      taskQueue,
      workflowId: `leaks-${randomUUID()}`,
      args: ['summary', CARD],
    });
    const earlier = await client.workflow.start(leaks, {
      taskQueue,
      workflowId: `leaks-${randomUUID()}`,
      args: ['memo key', EMAIL],
    });
    await withWorker(open, async () => {
      await earlier.signal(go);
      await earlier.result();
    });
    await withWorker(guarded, async () => {
      await waits.signal(go);
      expect(await waits.result()).toBe('done');
      // A query of a closed workflow replays it.
      expect(await rejectionOf(() => earlier.query('nothing'))).toMatchObject({
        name: 'QueryNotRegisteredError',
      });
    });
    await Worker.runReplayHistory(
      {
        workflowBundle: await workflowBundle(require.resolve('./support/clear-text-workflows'), [guarded]),
        plugins: [guarded],
      },
      await earlier.fetchHistory(),
    );
  }, 60_000);
});

describe('search tokens', () => {
  it('find executions while a key is replaced, and are all that the server has', async () => {
    const { codec } = guarded;
    const [old, fresh] = [await sealNewSearchKey(codec), await sealNewSearchKey(codec)];
    const keysOf = (...keys: (typeof old)[]) => parseSearchKeys(searchKeysText(keys), 'keys');
    const before = await SearchTokens.open({ keys: keysOf(old), codec });
    const after = await SearchTokens.open({ keys: keysOf(fresh, old), codec });
    const email = `${randomUUID()}@example.com`;
    const started = await Promise.all(
      [before, after].map((tokens) =>
        client.workflow.start(ends, {
          taskQueue,
          workflowId: `token-${randomUUID()}`,
          typedSearchAttributes: [{ key: CUSTOMER_EMAIL, value: tokens.token('CustomerEmail', email) }],
        }),
      ),
    );
    const found = async (query: string): Promise<string[]> => {
      const ids: string[] = [];
      for await (const { workflowId } of client.workflow.list({ query })) ids.push(workflowId);
      return ids.sort();
    };
    const all = started.map(({ workflowId }) => workflowId).sort();
    await waitUntil(async () => (await found(after.where('CustomerEmail', email))).length === 2);
    expect(await found(after.where('CustomerEmail', email))).toEqual(all);
    expect(await found(before.where('CustomerEmail', email))).toEqual([started[0]?.workflowId]);
    expect(await found(after.where('CustomerEmail', `x${email}`))).toEqual([]);
    const [tag = ''] = before.tags;
    expect(await found(`CustomerEmail STARTS_WITH "wst1-${tag}-"`)).toEqual([started[0]?.workflowId]);
    for (const handle of started) await handle.terminate();
  });
});
