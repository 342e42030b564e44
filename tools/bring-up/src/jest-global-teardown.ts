import { rm } from 'node:fs/promises';
import { testRun } from './test-run';

/** Jest's global teardown: stops what {@link jestGlobalSetup} brought up, and removes its files. */
export default async function jestGlobalTeardown(): Promise<void> {
  const run = testRun.current;
  testRun.current = undefined;
  if (run !== undefined) {
    await run.server.stop();
    await rm(run.directory, { recursive: true, force: true });
  }
}
