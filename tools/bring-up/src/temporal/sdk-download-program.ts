// Has the Temporal SDK download the `temporal` command into the directory that is its argument, by starting
// and stopping a development server. A program of its own: the SDK's runtime can be installed only once in a
// process.
import { TestWorkflowEnvironment } from '@temporalio/testing';

async function main(downloadDir: string): Promise<void> {
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir } },
  });
  await environment.teardown();
}

main(process.argv[2] ?? '.').catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});
