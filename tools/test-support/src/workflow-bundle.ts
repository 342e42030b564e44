import { createHash } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { bundleWorkflowCode, DefaultLogger, type BundlerPlugin } from '@temporalio/worker';

/**
 * The bundle of some workflows, which is made once for a run of Jest and takes seconds each time. For tests
 * that need a Temporal server: its set-up makes the directory.
 *
 * @param workflowsPath of the module that exports the workflows
 * @param plugins that bundle; those of one module must all bundle alike
 */
export function workflowBundle(
  workflowsPath: string,
  plugins: BundlerPlugin[],
): Promise<{ codePath: string }> {
  let bundle = bundles.get(workflowsPath);
  if (bundle === undefined) {
    bundle = makeOrFind(workflowsPath, plugins);
    bundles.set(workflowsPath, bundle);
  }
  return bundle;
}

const bundles = new Map<string, Promise<{ codePath: string }>>();

async function makeOrFind(workflowsPath: string, plugins: BundlerPlugin[]): Promise<{ codePath: string }> {
  const directory = process.env['WAXSEAL_TEST_DIRECTORY'];
  if (directory === undefined) throw new Error('WAXSEAL_TEST_DIRECTORY is not set by the set-up of Jest.');
  const name = createHash('sha256').update(workflowsPath).digest('hex').slice(0, 16);
  const codePath = join(directory, `${name}.js`);
  if (!existsSync(codePath)) {
    const logger = new DefaultLogger('ERROR');
    const { code } = await bundleWorkflowCode({ workflowsPath, plugins, logger });
    // Two test files may come at once; each sees a whole bundle.
    const own = `${codePath}.${String(process.pid)}`;
    writeFileSync(own, code);
    renameSync(own, codePath);
  }
  return { codePath };
}
