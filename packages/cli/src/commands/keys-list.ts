import type { ListOptions } from '../keys/list';
import type { Output } from '../output';
import { CliCommand } from './cli-command';
import { appendList, withKeyOptions } from './options';

/** `waxseal keys list`: tells what the key services' own records say of the configured keys. */
export function keysListCommand(output: Output): CliCommand {
  return withKeyOptions(
    new CliCommand('list')
      .summary("show the configured keys with their services' records: age, versions, last use")
      .description(
        'Asks the service of each configured key what it records of it: state, age, versions, the one that wraps now, automatic rotation, a deletion that is pending, and the last use where the service keeps that. Nothing is wrapped or unwrapped. What a service does not tell is said, with the right that is missing.',
      ),
  )
    .option(
      '--namespace <name>',
      'namespace whose keys are shown, where the configuration chooses them by namespace; repeatable',
      appendList,
    )
    .option('--json', 'print JSON')
    .withManual({
      examples: ['waxseal keys list', "waxseal keys list --json | jq '.keys[] | select(.deletedAt != null)'"],
      exits: {
        done: 'no key is known to be unusable',
        failed: 'a key cannot be used, as far as its service tells; "waxseal doctor" tries it',
      },
      page: 'rotating-a-key#where-the-keys-are',
    })
    .action(async (options: ListOptions) => {
      const { list } = await import('../keys/list.js');
      await list(options, output);
    });
}
