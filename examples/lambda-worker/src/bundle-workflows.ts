import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { newPlugin } from './plugin';

/** Writes the workflows beside the handler, in one file, with what the plugin adds to them. */
async function main(): Promise<void> {
  const workflowsPath = require.resolve('./workflows');
  const { code } = await bundleWorkflowCode({ workflowsPath, plugins: [newPlugin()] });
  await writeFile(join(__dirname, 'workflow-bundle.js'), code);
}

void main();
