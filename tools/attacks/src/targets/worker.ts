// A Worker with one workflow, until it is told to stop.
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { EnvelopePlugin } from '@waxseal/temporal';

import { keyringOfTarget, tellParent, variable } from './target';

async function main(): Promise<void> {
  // What crafted payloads make the SDK log would fill the terminal.
  const logger = new DefaultLogger('ERROR', () => undefined);
  Runtime.install({ logger, telemetryOptions: { logging: { filter: 'off', forward: {} } } });
  const connection = await NativeConnection.connect({ address: variable('ATTACKS_TEMPORAL') });
  const worker = await Worker.create({
    connection,
    namespace: variable('ATTACKS_NAMESPACE'),
    taskQueue: variable('ATTACKS_TASK_QUEUE'),
    workflowsPath: require.resolve('./workflows'),
    plugins: [new EnvelopePlugin({ keyring: keyringOfTarget() })],
  });
  process.once('SIGTERM', () => {
    process.exit(0);
  });
  const running = worker.run();
  tellParent('running');
  await running;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
