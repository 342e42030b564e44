import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { CleanUp, startTemporal } from '@waxseal/bring-up';
import { TokenCodec } from '@waxseal/claim-check';
import { PostgresStore } from '@waxseal/store';
import { EnvelopePlugin } from '@waxseal/temporal';
import { envelopeCodec } from './writers';
import { count } from './workflows';

/**
 * Runs workflows on a real Worker whose payloads are kept in a store, while that store fails.
 *
 * @throws Error where the Worker has not stayed RUNNING, or a result is another than it should be
 */
export async function workerBeside(url: string, key: Uint8Array, workflows: number): Promise<void> {
  const cleanUp = new CleanUp();
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
    const server = await startTemporal({ ownProcessGroup: true });
    cleanUp.add(() => server.stop());
    const { address, namespace } = server;
    const store = new PostgresStore({ url });
    cleanUp.add(() => store.close());
    const plugins = [new EnvelopePlugin({ codec: new TokenCodec({ store, codec: envelopeCodec(key) }) })];
    const nativeConnection = await NativeConnection.connect({ address });
    cleanUp.add(() => nativeConnection.close());
    const taskQueue = `drill-${randomUUID()}`;
    const worker = await Worker.create({
      connection: nativeConnection,
      namespace,
      taskQueue,
      plugins,
      workflowsPath: require.resolve('./workflows'),
      // Each task replays, so that payloads are read again and again.
      maxCachedWorkflows: 0,
    });
    const connection = await Connection.connect({ address });
    cleanUp.add(() => connection.close());
    const client = new Client({ connection, namespace, plugins });
    await worker.runUntil(async () => {
      const results = Array.from({ length: workflows }, async (_, index) => {
        const name = `workflow-${String(index)}`;
        const result = await patiently(async () => {
          const handle = await client.workflow.start(count, {
            workflowId: name,
            taskQueue,
            args: [name],
            workflowIdConflictPolicy: 'USE_EXISTING',
          });
          return handle.result();
        });
        const expected = [0, 1, 2].map((step) => `${name}-${String(step)}`);
        if (JSON.stringify(result) !== JSON.stringify(expected)) {
          throw new Error(`${name} gave ${JSON.stringify(result)}.`);
        }
      });
      await Promise.all(results);
      if (worker.getState() !== 'RUNNING') throw new Error(`The Worker is ${worker.getState()}.`);
    });
  } finally {
    await cleanUp.run();
  }
}

/** As an application's own calls do: a client throws what its codec throws, and tries nothing again. */
async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const { code, cause } = error as {
        readonly code?: unknown;
        readonly cause?: { readonly code?: unknown };
      };
      if (code !== 'WAXSEAL_STORE' && cause?.code !== 'WAXSEAL_STORE') throw error;
    }
  }
}
