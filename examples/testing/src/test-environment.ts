import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { EnvelopePlugin } from '@waxseal/temporal';

/**
 * A Temporal server for tests, with a client that has the plugins. `TEMPORAL_CLI` names a `temporal` command
 * that is there already; without it the SDK downloads one.
 */
export function startTestEnvironment(plugins: EnvelopePlugin[]): Promise<TestWorkflowEnvironment> {
  const path = process.env['TEMPORAL_CLI'];
  return TestWorkflowEnvironment.createLocal({
    plugins,
    ...(path !== undefined && { server: { executable: { type: 'existing-path', path } } }),
  });
}
