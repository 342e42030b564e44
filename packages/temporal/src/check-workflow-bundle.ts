import { readFile } from 'node:fs/promises';

import type { WorkerOptions } from '@temporalio/worker';
import { ConfigurationError } from '@waxseal/core';
import { FAILURE_MARKER } from '@waxseal/core/failure-payload';

import { FAILURE_CONVERTER_PATH } from './failure-converter-path';

/**
 * Makes sure that workflows which were bundled ahead have the failure converter in them: the bundle decides what becomes of
 * the errors of workflow code, not the worker's options, and without it their messages are stored in clear.
 *
 * @param failureConverterPath of the worker; a converter of the user's own is taken as meant
 * @throws ConfigurationError when the bundle lacks it
 */
export async function checkWorkflowBundle(
  bundle: WorkerOptions['workflowBundle'],
  failureConverterPath: string,
): Promise<void> {
  if (bundle === undefined || failureConverterPath !== FAILURE_CONVERTER_PATH) return;
  const code = 'code' in bundle ? bundle.code : await readFile(bundle.codePath, 'utf8');
  // The converter's module holds this text, and the bundler leaves strings as they are.
  if (!code.includes(FAILURE_MARKER)) {
    throw new ConfigurationError(
      'The workflow bundle was built without the failure converter, so the messages of workflow errors would be stored in clear. Give the plugin to bundleWorkflowCode({ plugins }) too.',
    );
  }
}
