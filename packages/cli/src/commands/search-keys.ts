import type { Output } from '../output';
import type { SearchKeyOptions } from '../search-keys/search-key-actions';
import { CliCommand } from './cli-command';
import { withKeyOptions } from './options';

/** `waxseal search-keys`: keys by which search attributes become tokens. */
export function searchKeysCommand(output: Output): CliCommand {
  const command = new CliCommand('search-keys')
    .withPage('search-attributes')
    .summary('make and replace the keys of search tokens');
  for (const make of [addCommand, promoteCommand, removeCommand, listCommand, queryCommand]) {
    command.addCommand(make(output));
  }
  return command;
}

function addCommand(output: Output): CliCommand {
  return withKeyOptions(
    new CliCommand('add')
      .summary('add a search key, sealed by the keys of the configuration')
      .description(
        'Makes a search key, seals it as a payload is sealed, and writes it into the file, which is made where there is none. The first key of a file makes tokens; the others find.',
      ),
  )
    .argument('<file>', 'the file with the search keys')
    .option('--json', 'print JSON')
    .withManual({
      examples: ['waxseal search-keys add search-keys.json'],
      exits: {
        done: 'the file has the new key',
        failed: 'the file cannot be written, or the key not be sealed',
      },
      page: 'search-attributes#the-search-keys',
    })
    .action(async (file: string, options: SearchKeyOptions) => {
      const { addSearchKey } = await import('../search-keys/search-key-actions.js');
      await addSearchKey(file, options, output);
    });
}

function promoteCommand(output: Output): CliCommand {
  return withKeyOptions(
    new CliCommand('promote')
      .summary('make tokens by another key of the file')
      .description('Puts a key first, so that it makes tokens. All processes must have the key by then.'),
  )
    .argument('<file>', 'the file with the search keys')
    .argument(
      '[tag]',
      'which key, by the four characters of its tokens (default: the one that was added last)',
    )
    .option('--json', 'print JSON')
    .withManual({
      examples: [
        'waxseal search-keys promote search-keys.json',
        'waxseal search-keys promote search-keys.json wst1-n8m5-',
      ],
      exits: { done: 'the key makes tokens', failed: 'there is no other key, or the file cannot be written' },
      page: 'search-attributes#replacing-a-search-key',
    })
    .action(async (file: string, tag: string | undefined, options: SearchKeyOptions) => {
      const { promoteSearchKey } = await import('../search-keys/search-key-actions.js');
      await promoteSearchKey(file, tag, options, output);
    });
}

function removeCommand(output: Output): CliCommand {
  return withKeyOptions(
    new CliCommand('remove')
      .summary('remove a key that no token is left of')
      .description(
        'Removes a key. What has tokens of it is not found any more: count it before, by a list filter such as CustomerEmail STARTS_WITH "wst1-abcd-".',
      ),
  )
    .argument('<file>', 'the file with the search keys')
    .argument('<tag>', 'which key, by what its tokens begin with, such as wst1-n8m5-')
    .option('--json', 'print JSON')
    .withManual({
      examples: ['waxseal search-keys remove search-keys.json wst1-n8m5-'],
      exits: {
        done: 'the key is removed',
        failed: 'it makes tokens, is not there, or the file cannot be written',
      },
      page: 'search-attributes#replacing-a-search-key',
    })
    .action(async (file: string, tag: string, options: SearchKeyOptions) => {
      const { removeSearchKey } = await import('../search-keys/search-key-actions.js');
      await removeSearchKey(file, tag, options, output);
    });
}

function listCommand(output: Output): CliCommand {
  return withKeyOptions(
    new CliCommand('list')
      .summary('list the search keys of a file')
      .description(
        'Lists the keys of a file by what their tokens begin with, and what they are sealed under.',
      ),
  )
    .argument('<file>', 'the file with the search keys')
    .withJsonOfMany()
    .withManual({
      examples: ['waxseal search-keys list search-keys.json'],
      exits: { done: 'the keys are listed', failed: 'the file cannot be read, or a key not be opened' },
      page: 'search-attributes#the-search-keys',
    })
    .action(async (file: string, options: SearchKeyOptions) => {
      const { listSearchKeys } = await import('../search-keys/search-key-actions.js');
      await listSearchKeys(file, options, output);
    });
}

function queryCommand(output: Output): CliCommand {
  return withKeyOptions(
    new CliCommand('query')
      .summary('print the list filter that finds a value')
      .description(
        'Reads a value from standard input, up to a line break at its end, and prints the condition of a list filter that finds its tokens.',
      ),
  )
    .argument('<file>', 'the file with the search keys')
    .argument('<attribute>', 'name of the search attribute')
    .option('--json', 'print the tokens as JSON')
    .withManual({
      examples: [
        'echo ada@example.com | waxseal search-keys query search-keys.json CustomerEmail',
        'temporal workflow list --query "$(echo ada@example.com | waxseal search-keys query search-keys.json CustomerEmail)"',
      ],
      exits: { done: 'the condition is printed', failed: 'the file cannot be read, or a key not be opened' },
      page: 'search-attributes',
    })
    .action(async (file: string, attribute: string, options: SearchKeyOptions) => {
      const { querySearchKeys } = await import('../search-keys/search-key-actions.js');
      await querySearchKeys(file, attribute, options, output);
    });
}
