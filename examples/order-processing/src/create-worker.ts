import type { ClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { EnvelopePlugin } from '@waxseal/temporal';
import * as activities from './activities';
import { taskQueue } from './task-queue';

/**
 * A worker and the connection that it polls over, which outlives it: close it once `worker.run()` has
 * returned.
 */
export interface OrderWorker {
  readonly worker: Worker;
  readonly connection: NativeConnection;
}

/**
 * Makes a worker for orders. When the plugin cannot get a data key, this rejects, and nothing is polled.
 *
 * @param queue - that it polls; all of its workers need the same keys
 */
export async function createWorker(
  config: ClientConnectConfig,
  envelope: EnvelopePlugin,
  queue = taskQueue,
): Promise<OrderWorker> {
  const connection = await NativeConnection.connect({ ...config.connectionOptions, plugins: [envelope] });
  try {
    const worker = await Worker.create({
      connection,
      namespace: config.namespace ?? 'default',
      taskQueue: queue,
      workflowsPath: require.resolve('./workflows'),
      activities,
      plugins: [envelope],
    });
    return { worker, connection };
  } catch (error) {
    await connection.close();
    throw error;
  }
}
