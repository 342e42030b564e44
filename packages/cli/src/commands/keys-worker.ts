import type { Output } from '../output';
import { SCAN_TASK_QUEUE, WORKER_PACKAGES } from '../scan-workers/packages';
import { CliCommand } from './cli-command';
import { parseCount } from './options';

interface WorkerOptions {
  readonly taskQueue: string;
  readonly rps: number;
  readonly concurrency: number;
  readonly json?: true;
}

/** `waxseal keys worker`: reads for scans of large namespaces. */
export function keysWorkerCommand(output: Output): CliCommand {
  return new CliCommand('worker')
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
    .option('--json', 'print one line of JSON when it is ready')
    .withManual({
      notes: 'It runs until Ctrl-C or SIGTERM.',
      examples: ['waxseal keys worker', 'waxseal keys worker --rps 200 --concurrency 16'],
      exits: { done: 'it was told to end', failed: 'it could not start, or Temporal was lost' },
      page: 'key-rotation#large-namespaces',
    })
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
