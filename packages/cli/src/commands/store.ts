import { Command } from 'commander';
import type { Output } from '../output';
import type { MigrateOptions, StatsOptions, StoreOptions } from '../store/store-actions';
import { appendList } from './options';

/** `waxseal store`: the transactional store that tokens and keys are kept in. */
export function storeCommand(output: Output): Command {
  const command = new Command('store').summary('make the tables of the store, check and measure it');
  for (const make of [migrateCommand, checkCommand, statsCommand]) {
    command.addCommand(make(output).exitOverride());
  }
  return command;
}

/** A command for the store that the configuration names. */
function storeSubcommand(name: string): Command {
  return new Command(name).option(
    '--config <file>',
    'configuration file (default: WAXSEAL_STORE, else WAXSEAL_CONFIG, else waxseal.config.* of this folder)',
  );
}

function migrateCommand(output: Output): Command {
  return storeSubcommand('migrate')
    .summary('make the tables, or bring them to the version of this release')
    .description(
      'Makes the tables of the store, or brings them to the version of this release, and grants rights. It needs the rights of an owner: run it as another role than the application. Old processes go on meanwhile, and several runs at once do no harm.',
    )
    .option('--grant <role>', 'role that reads and writes, such as that of workers; repeatable', appendList)
    .option(
      '--grant-reader <role>',
      'role that only reads, such as that of a Codec Server; repeatable',
      appendList,
    )
    .option('--dry-run', 'print the SQL that would be run, and change nothing')
    .addHelpText(
      'after',
      `
Examples:
  PGUSER=waxseal_owner waxseal store migrate --grant waxseal --grant-reader waxseal_reader
  waxseal store migrate --dry-run > migration.sql

Passwords are given by PGPASSWORD: docs/store.md.`,
    )
    .action(async (options: MigrateOptions) => {
      const { migrateStore } = await import('../store/store-actions.js');
      await migrateStore(options, output);
    });
}

function checkCommand(output: Output): Command {
  return storeSubcommand('check')
    .summary('say whether the store answers and has its tables')
    .description(
      'Asks the store whether it answers, takes writes and has the tables that this release needs. Exits with 1 where not.',
    )
    .action(async (options: StoreOptions) => {
      const { checkStore } = await import('../store/store-actions.js');
      await checkStore(options, output);
    });
}

function statsCommand(output: Output): Command {
  return storeSubcommand('stats')
    .summary('count what the store keeps')
    .description(
      'Counts the records of the store, their bytes and marks. It takes time in proportion to them.',
    )
    .option('--json', 'print JSON')
    .action(async (options: StatsOptions) => {
      const { printStats } = await import('../store/store-actions.js');
      await printStats(options, output);
    });
}
