import { loadClientConnectConfig } from '@temporalio/envconfig';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Output } from '../output';
import { TemporalReader } from '../scan/temporal-reader';
import { openLastingSession } from '../temporal/lasting-session';
import { readTemporalSettings } from '../temporal/settings';
import { scanActivities } from './activities';

/** How much one Worker does. */
export interface ScanWorkerOptions {
  readonly taskQueue: string;
  /** Requests to Temporal a second. */
  readonly rps: number;
  /** Executions that are read at a time. */
  readonly concurrency: number;
  readonly json?: true;
}

const SLICES_AT_A_TIME = 2;

/**
 * Runs a Worker for scans until the process gets SIGINT or SIGTERM.
 *
 * @throws TemporalFault when Temporal cannot be reached
 */
export async function runScanWorker(
  { taskQueue, rps, concurrency, json }: ScanWorkerOptions,
  output: Output,
): Promise<void> {
  const settings = readTemporalSettings(process.env);
  Runtime.install({ logger: new DefaultLogger('WARN') });
  const session = await openLastingSession(settings);
  const { connectionOptions } = loadClientConnectConfig();
  const connection = await NativeConnection.connect(connectionOptions);
  const readers = new Map<string, TemporalReader>();
  const readerOf = (namespace: string): TemporalReader => {
    const reader = readers.get(namespace) ?? new TemporalReader(session, namespace, rps);
    readers.set(namespace, reader);
    return reader;
  };
  try {
    const worker = await Worker.create({
      connection,
      namespace: settings.namespace,
      taskQueue,
      workflowsPath: require.resolve('./workflow'),
      activities: scanActivities(readerOf, Math.max(1, Math.floor(concurrency / SLICES_AT_A_TIME))),
      maxConcurrentActivityTaskExecutions: SLICES_AT_A_TIME,
    });
    const { namespace } = settings;
    output.notice(`Ready for scans in the namespace ${namespace}, task queue ${taskQueue}.`);
    if (json === true) output.line(JSON.stringify({ namespace, taskQueue }));
    await worker.run();
  } finally {
    await connection.close();
    session.close();
  }
}
