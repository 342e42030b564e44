// Runs a Worker for orders until it is killed. Tells its parent the Worker's state; everything else is in the
// environment.
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { loadConfig } from '@waxseal/config';
import { EnvelopePlugin, redactingLogger } from '@waxseal/temporal';

import { countedActivities, Ledger } from './scene/orders';
import { Gates } from './scene/gates';

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set.`);
  return value;
}

async function main(): Promise<void> {
  Runtime.install({ logger: redactingLogger(new DefaultLogger('INFO')) });
  const { codec } = await loadConfig();
  const connection = await NativeConnection.connect({ address: variable('FAULTS_TEMPORAL_ADDRESS') });
  const worker = await Worker.create({
    connection,
    namespace: variable('FAULTS_NAMESPACE'),
    taskQueue: variable('FAULTS_TASK_QUEUE'),
    workflowBundle: { codePath: variable('FAULTS_BUNDLE') },
    activities: countedActivities(new Ledger(variable('FAULTS_LEDGER')), new Gates()),
    plugins: [new EnvelopePlugin({ codec })],
  });
  const running = worker.run();
  setInterval(() => process.send?.(worker.getState()), 50).unref();
  await running;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
