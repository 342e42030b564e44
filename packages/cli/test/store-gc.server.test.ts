import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { type PostgresServer, startPostgres, waitUntil } from '@waxseal/bring-up';
import { TokenCodec } from '@waxseal/claim-check';
import { localKeyUri } from '@waxseal/config';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { createLocalKeyringFile, LocalKey } from '@waxseal/local-key';
import { PostgresStore } from '@waxseal/store';
import { EnvelopePlugin } from '@waxseal/temporal';
import { makeNamespace } from '@waxseal/test-support/namespace';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { describeWithPostgres } from '@waxseal/test-support/with-postgres';
import { workflowBundle } from '@waxseal/test-support/workflow-bundle';

import { ended, startWaxseal, waxseal, type Ended } from './support/waxseal';

const address = process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'] ?? '';
const namespace = `gc-${randomUUID().slice(0, 8)}`;
const directory = temporaryDirectory();
const taskQueue = 'gc';

interface Report {
  readonly collection: number;
  readonly refused: readonly string[];
  readonly sweep: Readonly<Record<'records' | 'needed' | 'marked' | 'removed', number>> | null;
}

describeWithPostgres('waxseal store gc', () => {
  let server: PostgresServer;
  let environment: Record<string, string>;
  let store: PostgresStore;
  let connection: Connection;
  let client: Client;
  let codec: TokenCodec;
  let stopWorker: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    server = await startPostgres();
    await server.sql("CREATE ROLE ann LOGIN PASSWORD 'of-ann'; GRANT CREATE ON DATABASE postgres TO ann");
    const file = join(directory, 'keys.json');
    createLocalKeyringFile(file, { id: 'orders' });
    environment = {
      HOME: directory,
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
      WAXSEAL_STORE: `postgres://ann@127.0.0.1:${String(server.port)}/postgres`,
      WAXSEAL_PRIMARY_KEY: localKeyUri(file, 'orders'),
      PGPASSWORD: 'of-ann',
    };
    expect(await waxseal(['store', 'migrate'], '', environment)).toMatchObject({ exitCode: 0 });
    store = new PostgresStore({ url: environment['WAXSEAL_STORE'], environment });
    const keyring = new Keyring({ primary: LocalKey.fromFile(file, 'orders') });
    codec = new TokenCodec({ codec: new EnvelopeCodec({ keyring }), store });
    connection = await Connection.connect({ address });
    await makeNamespace(connection, namespace);
    const plugin = new EnvelopePlugin({ codec });
    const worker = await Worker.create({
      connection: await NativeConnection.connect({ address }),
      namespace,
      taskQueue,
      workflowBundle: await workflowBundle(require.resolve('./support/long-workflows'), [plugin]),
      plugins: [plugin],
    });
    const running = worker.run();
    stopWorker = async () => {
      worker.shutdown();
      await running;
    };
    client = new Client({ connection, namespace, plugins: [plugin] });
  }, 300_000);

  afterAll(async () => {
    await stopWorker?.();
    await connection.close();
    codec.codec.close();
    await store.close();
    await server.stop();
  });

  const args = (...more: string[]): string[] => ['store', 'gc', '--yes', '--json', '--rps', '2000', ...more];
  const gc = async (...more: string[]): Promise<Report> => {
    const { exitCode, stdout, stderr } = await waxseal(args(...more), '', environment);
    expect([exitCode, stderr.includes('Error')]).toEqual([0, false]);
    return JSON.parse(stdout) as Report;
  };
  const records = async (): Promise<number> => (await store.tokens.stats()).records;
  const start = (workflowId: string): Promise<unknown> =>
    client.workflow.start('careless', {
      workflowId,
      taskQueue,
      args: [`secret of ${workflowId}`],
      memo: { note: `memo of ${workflowId}` },
    });
  /** What a workflow was started with, as whoever has the store reads it. */
  const inputOf = async (workflowId: string): Promise<string> => {
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    const input = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    const [payload] = await codec.decode(input, { type: 'workflow', namespace, workflowId });
    return Buffer.from(payload?.data ?? []).toString('utf8');
  };
  const remove = async (workflowId: string): Promise<void> => {
    await client.workflow.getHandle(workflowId).terminate();
    await connection.workflowService.deleteWorkflowExecution({
      namespace,
      workflowExecution: { workflowId },
    });
    const isGone = async (): Promise<boolean> =>
      (await client.workflow.count(`WorkflowId='${workflowId}'`)).count === 0;
    await waitUntil(isGone, { intervalMs: 200 });
  };

  it('refuses a namespace that has nothing', async () => {
    const { exitCode, stdout } = await waxseal(args('--grace', '0'), '', environment);
    expect([exitCode, (JSON.parse(stdout) as Report).refused]).toEqual([
      1,
      [expect.stringContaining('--allow-empty')],
    ]);
  });

  it('removes what nothing needs after two collections, beside writers', async () => {
    await start('open');
    await start('deleted');
    await client.schedule.create({
      scheduleId: 'nightly',
      spec: { intervals: [{ every: '30 days' }] },
      action: { type: 'startWorkflow', workflowType: 'order', taskQueue, args: ['secret of nightly'] },
    });
    await remove('deleted');
    const before = await records();
    let isWriting = true;
    const written: string[] = [];
    const writer = async (): Promise<void> => {
      while (isWriting) {
        const workflowId = `written-${randomUUID()}`;
        await start(workflowId);
        written.push(workflowId);
        if (written.length % 3 === 0) await client.workflow.getHandle(workflowId).signal('moveOn');
        await wait(100);
      }
    };
    const writers = [writer(), writer()];
    try {
      const dry = await gc('--dry-run');
      expect([dry.collection, dry.sweep?.removed]).toEqual([null, 0]);
      const first = await gc('--grace', '3s');
      expect(first.sweep).toMatchObject({ removed: 0, marked: 2 });
      const second = await gc('--grace', '3s');
      expect(second.sweep).toMatchObject({ removed: 2 });
      expect(second.collection).toBeGreaterThan(first.collection);
    } finally {
      isWriting = false;
      await Promise.all(writers);
    }
    expect(written.length).toBeGreaterThan(20);
    expect(await records()).toBeGreaterThan(before);
    for (const id of ['open', ...written]) expect(await inputOf(id)).toBe(JSON.stringify(`secret of ${id}`));
    const { action } = await client.schedule.getHandle('nightly').describe();
    expect(action).toMatchObject({ args: ['secret of nightly'] });
  }, 180_000);

  it('goes on where it was killed, without waiting again, and counts nothing twice', async () => {
    await start('killed');
    await remove('killed');
    const path = join(directory, 'collection.json');
    const state = ():
      | { collection: number; waitedMs: number; scan?: { state: { current: { done: number } } } }
      | undefined => (existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as never) : undefined);
    const run = async (until: () => boolean, ...more: string[]): Promise<Ended> => {
      const child = startWaxseal(args('--state', path, ...more), environment);
      child.stdin?.end();
      const end = ended(child);
      await waitUntil(() => Promise.resolve(until()), { intervalMs: 50 });
      child.kill('SIGKILL');
      return end;
    };
    await run(() => (state()?.waitedMs ?? -1) >= 0, '--grace', '1h');
    const { collection = -1 } = state() ?? {};
    const slow = ['--grace', '2s', '--rps', '25', '--checkpoint', '20', '--concurrency', '1'];
    await run(() => (state()?.scan?.state.current.done ?? 0) > 0, ...slow);
    expect(state()?.collection).toBe(collection);
    const { exitCode, stdout, stderr } = await waxseal(
      args('--state', path, '--grace', '1h'),
      '',
      environment,
    );
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('which was interrupted, goes on')]);
    const report = JSON.parse(stdout) as Report & { readonly read: number; readonly holders: object };
    expect([report.collection, report.sweep?.marked]).toEqual([collection, 2]);
    const { count } = await client.workflow.count();
    expect(report.read).toBe(count);
    expect([existsSync(path), existsSync(`${path}.tokens`)]).toEqual([false, false]);
    expect((await gc('--grace', '0')).sweep).toMatchObject({ removed: 2 });
  }, 180_000);
});
