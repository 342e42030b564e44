import { NativeConnection, Worker } from '@temporalio/worker';
import * as activities from './activities';

export async function startWorker(taskQueue: string): Promise<Worker> {
  const connection = await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS });
  return Worker.create({
    connection,
    namespace: process.env.TEMPORAL_NAMESPACE ?? 'default',
    taskQueue,
    workflowsPath: require.resolve('./workflows'),
    activities,
  });
}
