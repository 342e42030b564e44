import { join } from 'node:path';
import { runWorker } from '@temporalio/lambda-worker';
import { newPlugin } from './plugin';

/** One invocation is one Worker, which polls until shortly before the deadline of the function. */
export const handler = runWorker({ deploymentName: 'orders', buildId: '1' }, ({ workerOptions }) => {
  workerOptions.taskQueue ??= 'orders';
  workerOptions.plugins = [newPlugin()];
  // Made ahead by bundle-workflows.ts: to bundle takes seconds of each cold start.
  workerOptions.workflowBundle = { codePath: join(__dirname, 'workflow-bundle.js') };
});
