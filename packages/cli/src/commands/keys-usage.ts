import type { UsageOptions } from '../keys/usage';
import type { Output } from '../output';
import { SCAN_TASK_QUEUE } from '../scan-workers/packages';
import { CliCommand } from './cli-command';
import { appendList, parseCount } from './options';

/** `waxseal keys usage`: says which keys are still needed, by what, until when. Needs no key. */
export function keysUsageCommand(output: Output): CliCommand {
  return new CliCommand('usage')
    .summary('report which keys are still needed, by what, until when')
    .description(
      'Reads all that a namespace holds and says for each key that payloads name: how many, of which kind, when the first and the last was written, what needs it, and from when on nothing does, or why there is no such date and what would free the key. It needs no key and asks no key service. Payloads in clear and formats of other codecs are counted too.',
    )
    .argument(
      '[files...]',
      'exported histories in JSON or NDJSON, folders of them, or - for standard input; without any, the namespace that TEMPORAL_* variables and temporal.toml name',
    )
    .option('--json', 'print JSON')
    .option('--html <file>', 'write the report as a page that needs nothing else')
    .option('--findings <file>', 'write a line of JSON for each payload: where it is, and which keys open it')
    .option(
      '--state <file>',
      'keep how far the scan has come: a scan that is interrupted goes on there, and the next reads only what is new',
    )
    .option('--concurrency <number>', 'how many executions are read at a time', parseCount, 8)
    .option('--rps <number>', 'how many requests Temporal gets a second, at most', parseCount, 100)
    .option(
      '--on-workers',
      'let Workers read, as a workflow in the namespace: for millions of executions (see waxseal keys worker)',
    )
    .option('--watch', 'look at the scan by Workers that is under way, and report when it ends')
    .option('--task-queue <name>', 'with --on-workers: the task queue of these Workers', SCAN_TASK_QUEUE)
    .option('--parallel <number>', 'with --on-workers: how many parts are read at a time', parseCount, 20)
    .option(
      '--checkpoint <number>',
      'with --state: how many executions are read again when a scan goes on, at most',
      parseCount,
      500,
    )
    .option(
      '--fail-if-used <key>',
      'exit with 3 when a payload names this key, by its ID with or without version; repeatable',
      appendList,
    )
    .option('--fail-on-plaintext', 'exit with 3 when a payload or a failure is in clear')
    .option(
      '--store',
      'read the records of the configured store too (WAXSEAL_STORE, or a configuration file), so that the keys of tokens are known',
    )
    .option('--allow-empty', 'with these two: it will do that nothing at all is there')
    .withManual({
      examples: [
        'waxseal keys usage',
        'waxseal keys usage --html report.html --findings payloads.ndjson',
        'waxseal keys usage --state orders.state.json --rps 400',
        'waxseal keys usage --fail-if-used orders/v1 && echo "nothing names it any more"',
        'waxseal keys usage exported/ --json',
        'WAXSEAL_STORE=postgres://waxseal@db1,db2/waxseal waxseal keys usage --store',
      ],
      exits: {
        done: 'there is a report; with --fail-if-used and --fail-on-plaintext, nothing of that was found',
        failed:
          'there is no report; with these two, not all could be looked at, or there was nothing to look at (--allow-empty)',
        found: '--fail-if-used or --fail-on-plaintext finds something',
      },
      page: 'key-rotation#when-may-the-old-key-go',
    })
    .action(async (files: string[], options: UsageOptions) => {
      const { usage } = await import('../keys/usage.js');
      await usage(files, options, output);
    });
}
