import { Command } from 'commander';
import type { Output } from '../output';
import { SCAN_TASK_QUEUE, WORKER_PACKAGES } from '../scan-workers/packages';
import { parseCount } from './options';

interface WorkerOptions {
  readonly taskQueue: string;
  readonly rps: number;
  readonly concurrency: number;
}

/** `waxseal keys worker`: reads for scans of large namespaces. */
export function keysWorkerCommand(output: Output): Command {
  return new Command('worker')
    .summary('run a Worker that reads for "keys usage --on-workers"')
    .description(
      'Runs a Temporal Worker that reads executions for scans of the namespace that TEMPORAL_* variables and temporal.toml name. Start as many as the rate of requests allows: each keeps to its own. It needs no key.',
    )
    .option('--task-queue <name>', 'task queue of the scans', SCAN_TASK_QUEUE)
    .option(
      '--rps <number>',
      'how many requests Temporal gets a second from this Worker, at most',
      parseCount,
      100,
    )
    .option('--concurrency <number>', 'how many executions are read at a time', parseCount, 8)
    .action(async (options: WorkerOptions) => {
      const { importOptional } = await import('@waxseal/config');
      const { runScanWorker } = await importOptional(
        'A Worker for scans',
        WORKER_PACKAGES,
        () => import('../scan-workers/scan-worker.js'),
      );
      await runScanWorker(options, output);
    });
}
