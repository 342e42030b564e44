import { Option } from 'commander';
import type { Output } from '../output';
import type { CountOptions } from '../count';
import { CliCommand } from './cli-command';
import { parseCount } from './options';

/** `waxseal count`: says how much of histories is encrypted. Needs no key. */
export function countCommand(output: Output): CliCommand {
  return new CliCommand('count')
    .summary('count which payloads of histories are encrypted, without a key')
    .description(
      'Counts envelopes, plaintext and failures in clear: in histories that files or standard input hold, or with --temporal in the executions and schedules of a namespace. It needs no key. Search attributes and headers are not counted: Temporal has them in clear.',
    )
    .argument('[files...]', 'histories in JSON, or - for standard input')
    .option('--temporal', 'read from Temporal, by TEMPORAL_* variables and temporal.toml as workers do')
    .option('--query <filter>', 'with --temporal: the executions to look at', 'ExecutionStatus="Running"')
    .option(
      '--limit <number>',
      'with --temporal: how many executions to look at, at most',
      parseCount,
      10_000,
    )
    .addOption(
      new Option('--expect <form>', 'what everything is to be: envelopes, or plaintext on the way back')
        .choices(['envelopes', 'plaintext'])
        .default('envelopes'),
    )
    .option('--json', 'print JSON')
    .withManual({
      examples: [
        'temporal workflow show -w order-1 -o json --no-json-shorthand-payloads | waxseal count',
        'waxseal count --temporal',
        'waxseal count --temporal --query \'StartTime > "2026-11-01T00:00:00Z"\' --expect plaintext',
      ],
      exits: { done: 'all is as --expect names it', failed: 'something is not, or a part was not looked at' },
      page: 'migrating#stage-2-everything-encrypts',
    })
    .action(async (files: string[], options: CountOptions) => {
      const { count } = await import('../count.js');
      await count(files, options, output);
    });
}
