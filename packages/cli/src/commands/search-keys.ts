import { Command } from 'commander';
import type { KeyOptions } from '../configuration';
import type { Output } from '../output';
import type { SearchKeyOptions } from '../search-keys/search-key-actions';
import { withKeyOptions } from './options';

/** `waxseal search-keys`: keys by which search attributes become tokens. */
export function searchKeysCommand(output: Output): Command {
  const command = new Command('search-keys').summary('make and replace the keys of search tokens');
  for (const make of [addCommand, promoteCommand, removeCommand, listCommand, queryCommand]) {
    command.addCommand(make(output).exitOverride());
  }
  return command;
}

function addCommand(output: Output): Command {
  return withKeyOptions(
    new Command('add')
      .summary('add a search key, sealed by the keys of the configuration')
      .description(
        'Makes a search key, seals it as a payload is sealed, and writes it into the file, which is made where there is none. The first key of a file makes tokens; the others find.',
      ),
  )
    .argument('<file>', 'the file with the search keys')
    .addHelpText(
      'after',
      `
Examples:
  waxseal search-keys add search-keys.json
  waxseal search-keys promote search-keys.json
  echo ada@example.com | waxseal search-keys query search-keys.json CustomerEmail

docs/search-attributes.md says how a key is replaced.`,
    )
    .action(async (file: string, options: KeyOptions) => {
      const { addSearchKey } = await import('../search-keys/search-key-actions.js');
      await addSearchKey(file, options, output);
    });
}

function promoteCommand(output: Output): Command {
  return withKeyOptions(
    new Command('promote')
      .summary('make tokens by another key of the file')
      .description('Puts a key first, so that it makes tokens. All processes must have the key by then.'),
  )
    .argument('<file>', 'the file with the search keys')
    .argument(
      '[tag]',
      'which key, by the four characters of its tokens (default: the one that was added last)',
    )
    .action(async (file: string, tag: string | undefined, options: KeyOptions) => {
      const { promoteSearchKey } = await import('../search-keys/search-key-actions.js');
      await promoteSearchKey(file, tag, options, output);
    });
}

function removeCommand(output: Output): Command {
  return withKeyOptions(
    new Command('remove')
      .summary('remove a key that no token is left of')
      .description(
        'Removes a key. What has tokens of it is not found any more: count it before, by a list filter such as CustomerEmail STARTS_WITH "wst1-abcd-".',
      ),
  )
    .argument('<file>', 'the file with the search keys')
    .argument('<tag>', 'which key, by what its tokens begin with, such as wst1-n8m5-')
    .action(async (file: string, tag: string, options: KeyOptions) => {
      const { removeSearchKey } = await import('../search-keys/search-key-actions.js');
      await removeSearchKey(file, tag, options, output);
    });
}

function listCommand(output: Output): Command {
  return withKeyOptions(
    new Command('list')
      .summary('list the search keys of a file')
      .description(
        'Lists the keys of a file by what their tokens begin with, and what they are sealed under.',
      ),
  )
    .argument('<file>', 'the file with the search keys')
    .option('--json', 'print a line of JSON for each')
    .action(async (file: string, options: SearchKeyOptions) => {
      const { listSearchKeys } = await import('../search-keys/search-key-actions.js');
      await listSearchKeys(file, options, output);
    });
}

function queryCommand(output: Output): Command {
  return withKeyOptions(
    new Command('query')
      .summary('print the list filter that finds a value')
      .description(
        'Reads a value from standard input, up to a line break at its end, and prints the condition of a list filter that finds its tokens.',
      ),
  )
    .argument('<file>', 'the file with the search keys')
    .argument('<attribute>', 'name of the search attribute')
    .option('--json', 'print the tokens as JSON')
    .addHelpText(
      'after',
      `
Example:
  temporal workflow list --query "$(echo ada@example.com | waxseal search-keys query search-keys.json CustomerEmail)"`,
    )
    .action(async (file: string, attribute: string, options: SearchKeyOptions) => {
      const { querySearchKeys } = await import('../search-keys/search-key-actions.js');
      await querySearchKeys(file, attribute, options, output);
    });
}
