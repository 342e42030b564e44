import { connectClient } from './client';
import { startWorker } from './worker';
import { order } from './workflows';

// Runs one order, with the worker in the same process, and prints its result.
async function main(workflowId: string): Promise<void> {
  const worker = await startWorker(workflowId);
  const client = await connectClient();
  const options = { taskQueue: workflowId, workflowId, args: ['4111 1111 1111 1111'] as [string] };
  console.log(await worker.runUntil(() => client.workflow.execute(order, options)));
  process.exit(0);
}

main(process.argv[2] ?? 'order').catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
