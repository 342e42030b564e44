// Runs a worker for orders until Ctrl-C.
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { redactingLogger } from '@waxseal/temporal';
import { createEnvelopePlugin } from './create-envelope-plugin';
import { createWorker } from './create-worker';

async function main(): Promise<void> {
  Runtime.install({ logger: redactingLogger(new DefaultLogger('INFO')) });
  const { worker, connection } = await createWorker(loadClientConnectConfig(), await createEnvelopePlugin());
  await worker.run();
  await connection.close();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
