import { Option } from 'commander';
import type { InspectOptions } from '../inspect/inspect';
import type { Output } from '../output';
import { CliCommand } from './cli-command';

/** `waxseal inspect`: says what is in clear in an envelope. Needs no key. */
export function inspectCommand(output: Output): CliCommand {
  return new CliCommand('inspect')
    .summary('show how payloads are encrypted, without a key')
    .description(
      'Prints where each payload stands and what it says in clear: format, key IDs, encryption context and sizes, and at the end how many there are of each. It needs no key, shows no data and verifies nothing: only decrypting can tell whether any of it is true.',
    )
    .argument('[files...]', 'files to read, folders of them, or - for standard input (default: -)')
    .option(
      '--workflow-id <id>',
      'read an execution from Temporal, by TEMPORAL_* variables and temporal.toml as workers do',
    )
    .option('--run-id <id>', 'with --workflow-id: the run (default: the latest)')
    .option('--namespace <name>', 'with --workflow-id: the namespace (default: that of TEMPORAL_NAMESPACE)')
    .option('--json', 'print an array of JSON, without totals')
    .addOption(
      new Option('--ndjson', 'print a line of JSON for each payload, and the totals as the last').conflicts(
        'json',
      ),
    )
    .option(
      '--fail-on-plaintext',
      'exit with 3 when a payload or a failure is in clear, malformed, or cannot be told to be encrypted',
    )
    .withManual({
      notes: `A file is a history, any JSON that holds payloads, a document of these on each line (NDJSON), or the base64 of a payload's data.
Search attributes are not looked at: no codec sees them.`,
      examples: [
        'temporal workflow show -w order-1 -o json | waxseal inspect',
        'waxseal inspect --workflow-id order-1',
        'waxseal inspect --workflow-id order-1 --fail-on-plaintext',
        'waxseal inspect exported/ --ndjson | tail -n 1',
        'waxseal inspect payload.json --json',
      ],
      exits: {
        done: 'no envelope is malformed',
        failed: 'an envelope is malformed, or something cannot be read',
        found: '--fail-on-plaintext finds what is in clear, malformed or not to be told',
      },
      page: 'codec-server#when-something-does-not-show',
    })
    .action(async (files: string[], options: InspectOptions) => {
      const { inspect } = await import('../inspect/inspect.js');
      await inspect(files, options, output);
    });
}
