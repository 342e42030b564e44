import type { Command } from 'commander';
import type { Output } from '../output';
import type { ResealFilesOptions } from '../reseal-files/reseal-files';
import type { ResealSchedulesOptions } from '../reseal/reseal-schedules';
import { CliCommand } from './cli-command';
import { confirming } from './go-on';
import { parseCount, withKeyOptions } from './options';

/** `waxseal keys reseal`: seals what does not end by itself under the keys of today. */
export function keysResealCommand(output: Output): CliCommand {
  return new CliCommand('reseal')
    .withPage('draining')
    .summary('seal what does not end by itself under the keys of today')
    .addCommand(schedulesCommand(output))
    .addCommand(filesCommand(output));
}

type GivenForFiles = Omit<ResealFilesOptions, 'confirm'> & { readonly yes?: true };

function filesCommand(output: Output): CliCommand {
  return withKeyOptions(
    new CliCommand('files')
      .summary('seal the payloads of exported histories anew')
      .description(
        'Opens the envelopes in files of JSON, wherever they stand, and seals them under the keys that the configuration seals under today. What they are bound to stays, and so does every other byte. Each file is written beside the old one, read back, opened and compared before it takes its place. What is sealed so already stays, so a second run finds nothing to do.',
      )
      .argument('<paths...>', 'files in JSON or NDJSON, and folders of them'),
  )
    .option('--from <key>', 'only what this key opens, by its ID with or without version')
    .option('--output <folder>', 'write all files there, and leave the old ones')
    .option('--dry-run', 'say what would be done, and change nothing')
    .option(
      '--record <file>',
      'append a line of JSON for each file: how many payloads, from which keys to which',
    )
    .option('--yes', 'ask nothing')
    .option('--json', 'print JSON')
    .withManual({
      examples: [
        'waxseal keys reseal files exported/ --dry-run',
        'waxseal keys reseal files exported/ --from orders/v1 --record resealed.ndjson --yes',
        'waxseal keys reseal files history.json --output resealed/',
      ],
      exits: {
        done: 'all is done, or there was nothing to do',
        failed: 'something is left, was not looked at, or failed',
      },
      page: 'draining#exported-files',
    })
    .action(async (paths: string[], { yes, ...given }: GivenForFiles, command: Command) => {
      const isAsked = yes !== true && given.dryRun !== true && given.output === undefined;
      const { resealFiles } = await import('../reseal-files/reseal-files.js');
      await resealFiles(paths, { ...given, ...confirming(output, command, isAsked, given.json) }, output);
    });
}

type Given = Omit<ResealSchedulesOptions, 'confirm'> & { readonly yes?: true };

function schedulesCommand(output: Output): CliCommand {
  return withKeyOptions(
    new CliCommand('schedules')
      .summary('seal the payloads of schedules anew')
      .description(
        "Opens the envelopes in the schedules of the namespace that TEMPORAL_* variables and temporal.toml name, and seals them under the keys that the configuration seals under today: input, memo, summary and details of the action, and the schedule's own memo where the server can change it. Each is read back and opened. What is sealed so already stays, so a second run finds nothing to do; a change that somebody makes meanwhile is kept.",
      ),
  )
    .option('--from <key>', 'only what this key opens, by its ID with or without version')
    .option('--schedule <id>', 'only this schedule; repeatable', appendText)
    .option('--plaintext', 'seal what is in clear too')
    .option('--dry-run', 'say what would be done, and change nothing')
    .option(
      '--record <file>',
      'append a line of JSON for each schedule: which payloads, from which keys to which',
    )
    .option('--rps <number>', 'how many requests Temporal gets a second, at most', parseCount, 50)
    .option('--yes', 'ask nothing')
    .option('--json', 'print JSON')
    .withManual({
      examples: [
        'waxseal keys reseal schedules --dry-run',
        'waxseal keys reseal schedules --from orders/v1 --record resealed.ndjson --yes',
        'waxseal keys reseal schedules --schedule nightly --yes --json',
      ],
      exits: { done: 'all is done, or there was nothing to do', failed: 'something is left, or failed' },
      page: 'draining#schedules',
    })
    .action(async ({ yes, ...given }: Given, command: Command) => {
      const isAsked = yes !== true && given.dryRun !== true;
      const { resealSchedules } = await import('../reseal/reseal-schedules.js');
      await resealSchedules({ ...given, ...confirming(output, command, isAsked, given.json) }, output);
    });
}

function appendText(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}
