import { Command } from 'commander';
import type { Output } from '../output';
import type { ResealSchedulesOptions } from '../reseal/reseal-schedules';
import { goOn } from './go-on';
import { parseCount, withKeyOptions } from './options';

/** `waxseal keys reseal`: seals what does not end by itself under the keys of today. */
export function keysResealCommand(output: Output): Command {
  return new Command('reseal')
    .summary('seal what does not end by itself under the keys of today')
    .addCommand(schedulesCommand(output).exitOverride());
}

type Given = Omit<ResealSchedulesOptions, 'confirm'> & { readonly yes?: true };

function schedulesCommand(output: Output): Command {
  return withKeyOptions(
    new Command('schedules')
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
    .addHelpText(
      'after',
      `
Examples:
  waxseal keys reseal schedules --dry-run
  waxseal keys reseal schedules --from orders/v1 --record resealed.ndjson --yes
  waxseal keys reseal schedules --schedule nightly --yes --json

Exits with 0 when all is done or there was nothing to do, 1 when something is left or failed, 2 after wrong usage.`,
    )
    .action(async ({ yes, ...given }: Given, command: Command) => {
      const isAsked = yes !== true && given.dryRun !== true;
      if (isAsked && (given.json === true || !process.stdin.isTTY)) {
        command.error(
          'error: it asks before it changes anything: where nobody can answer, add --yes or --dry-run.',
        );
      }
      const { resealSchedules } = await import('../reseal/reseal-schedules.js');
      const confirm = (question: string): Promise<boolean> => goOn(output.notice, question);
      await resealSchedules({ ...given, ...(isAsked && { confirm }) }, output);
    });
}

function appendText(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}
