import { type Command, Option } from 'commander';
import type { DrainOptions } from '../drain/drain';
import type { Output } from '../output';
import { CliCommand } from './cli-command';
import { goOn } from './go-on';
import { parseCount, withKeyOptions } from './options';

type Given = Omit<DrainOptions, 'confirm'> & { readonly yes?: true };

/** `waxseal keys drain`: lists open executions that need a key, and signals them. */
export function keysDrainCommand(output: Output): CliCommand {
  return withKeyOptions(
    new CliCommand('drain')
      .summary('list open executions that need a key, and signal them to go on without it')
      .description(
        "Lists the open executions of the namespace that TEMPORAL_* variables and temporal.toml name which need a key, the oldest first, with which payloads keep it. Temporal has no call that changes a memo or a history: only the workflow itself, its end, a reset or a termination frees the key. With --signal each is sent a signal once, so that the application's workflow can continue as new. It needs no key, but for --input.",
      ),
  )
    .requiredOption('--from <key>', 'the key, by its ID with or without version')
    .option('--query <filter>', 'only workflows that this list filter finds, such as WorkflowType="order"')
    .option('--limit <number>', 'how many may need the key, at most', parseCount, 10_000)
    .option('--concurrency <number>', 'how many executions are read at a time', parseCount, 8)
    .option('--rps <number>', 'how many requests Temporal gets a second, at most', parseCount, 100)
    .option('--signal <name>', 'send this signal to each workflow')
    .option('--input <json>', 'with --signal: its input, sealed by the configured codecs')
    .option(
      '--record <file>',
      'with --signal, needed: a line of JSON for each signal; whom it names is not signalled again',
    )
    .option('--signals-per-second <number>', 'with --signal: how many, at most', parseCount, 5)
    .option('--dry-run', 'with --signal: say who would be signalled, and signal nobody')
    .option('--yes', 'with --signal: ask nothing')
    .option('--json', 'print JSON')
    .addOption(new Option('--ndjson', 'print a line of JSON for each execution').conflicts('json'))
    .withManual({
      examples: [
        'waxseal keys drain --from orders/v1',
        'waxseal keys drain --from orders/v1 --query \'WorkflowType="order"\' --ndjson',
        'waxseal keys drain --from orders/v1 --signal moveOn --record signalled.ndjson --dry-run',
        'waxseal keys drain --from orders/v1 --signal moveOn --record signalled.ndjson --yes',
      ],
      exits: {
        done: 'none needs the key, or all were signalled',
        failed: 'some are left, a signal failed, or not all could be looked at',
      },
      page: 'draining#workflows-that-can-go-on-as-new',
    })
    .action(async ({ yes, ...given }: Given, command: Command) => {
      const { signal, record, input, dryRun, json, ndjson } = given;
      if (signal === undefined && (record !== undefined || input !== undefined)) {
        command.error('error: --record and --input are for --signal.');
      }
      if (signal !== undefined && record === undefined) {
        command.error('error: --signal needs --record <file>, so that nobody is signalled twice.');
      }
      if (input !== undefined && !isJson(input))
        command.error('error: --input is to be JSON, such as \'"text"\'.');
      const isAsked = signal !== undefined && yes !== true && dryRun !== true;
      if (isAsked && (json === true || ndjson === true || !process.stdin.isTTY)) {
        command.error(
          'error: --signal asks before it signals: where nobody can answer, add --yes or --dry-run.',
        );
      }
      const { drain } = await import('../drain/drain.js');
      const confirm = (question: string): Promise<boolean> => goOn(output.notice, question);
      await drain({ ...given, ...(isAsked && { confirm }) }, output);
    });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
