import type { Command } from 'commander';
import type { Output } from '../output';
import type { MigrateOptions, StoreOptions } from '../store/store-actions';
import type { GcOptions } from '../store/gc';
import type { ResealStoreOptions } from '../store/reseal-store';
import { CliCommand } from './cli-command';
import { confirming } from './go-on';
import { appendList, parseCount, withKeyOptions } from './options';

/** `waxseal store`: the transactional store that tokens and keys are kept in. */
export function storeCommand(output: Output): CliCommand {
  const command = new CliCommand('store')
    .withPage('store')
    .summary('make the tables of the store, check it, and keep it in order');
  for (const make of [migrateCommand, checkCommand, statsCommand, gcCommand, resealCommand]) {
    command.addCommand(make(output));
  }
  return command;
}

/** A command for the store that the configuration names. */
function storeSubcommand(name: string): CliCommand {
  return new CliCommand(name).option(
    '--config <file>',
    'configuration file (default: WAXSEAL_STORE, else WAXSEAL_CONFIG, else waxseal.config.* of this folder)',
  );
}

function migrateCommand(output: Output): CliCommand {
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
    .option('--json', 'print JSON')
    .withManual({
      notes: 'Passwords are given by PGPASSWORD.',
      examples: [
        'PGUSER=waxseal_owner waxseal store migrate --grant waxseal --grant-reader waxseal_reader',
        'waxseal store migrate --dry-run > migration.sql',
      ],
      exits: {
        done: 'the tables are those of this release',
        failed: 'they are not, or the store cannot be reached',
      },
      page: 'store#set-up-on-postgresql',
    })
    .action(async (options: MigrateOptions) => {
      const { migrateStore } = await import('../store/store-actions.js');
      await migrateStore(options, output);
    });
}

function checkCommand(output: Output): CliCommand {
  return storeSubcommand('check')
    .summary('say whether the store answers and has its tables')
    .description(
      'Asks the store whether it answers, takes writes and has the tables that this release needs.',
    )
    .option('--json', 'print JSON')
    .withManual({
      examples: [
        'waxseal store check',
        'WAXSEAL_STORE=postgres://waxseal@db1,db2/waxseal waxseal store check',
      ],
      exits: { done: 'the store answers, takes writes, and has its tables', failed: 'it does not' },
      page: 'store#configuration',
    })
    .action(async (options: StoreOptions) => {
      const { checkStore } = await import('../store/store-actions.js');
      await checkStore(options, output);
    });
}

function statsCommand(output: Output): CliCommand {
  return storeSubcommand('stats')
    .summary('count what the store keeps')
    .description(
      'Counts the records of the store, their bytes and marks. It takes time in proportion to them.',
    )
    .option('--json', 'print JSON')
    .withManual({
      examples: ['waxseal store stats', 'waxseal store stats --json | jq .records'],
      exits: { done: 'the records are counted', failed: 'the store cannot be read' },
      page: 'store#collection',
    })
    .action(async (options: StoreOptions) => {
      const { printStats } = await import('../store/store-actions.js');
      await printStats(options, output);
    });
}

/** What commands need that open what tokens stand for. */
const TOKEN_PACKAGES = ['@waxseal/claim-check', '@waxseal/store'];

type GivenForGc = Omit<GcOptions, 'confirm'> & { readonly yes?: true };

function gcCommand(output: Output): CliCommand {
  return withKeyOptions(
    new CliCommand('gc')
      .summary('remove the records of tokens that nothing needs any more')
      .description(
        'Looks through all that the namespace holds that TEMPORAL_* variables and temporal.toml name, and removes the records of the configured store that none of it needs. A record goes when two collections in a row found nobody to need it, and it was neither kept anew nor read in between: so run it on a schedule, one at a time. Nothing is marked or removed where not all could be looked at. It opens the naming key of the namespace, and no payload.',
      ),
  )
    .option(
      '--grace <duration>',
      'how long to wait before the scan: longer than a writer can take from keeping a payload until Temporal has its token and lists its execution',
      '1h',
    )
    .option(
      '--files <paths...>',
      'exported histories in JSON or NDJSON, and folders of them, whose tokens are needed too',
    )
    .option(
      '--state <file>',
      'keep how far it has come: one that is interrupted goes on, without waiting again',
    )
    .option('--dry-run', 'say what would be marked and removed; waits for nothing and changes nothing')
    .option('--allow-empty', 'it will do that the namespace has nothing at all, and that every record goes')
    .option(
      '--allow-untold',
      'it will do that there are payloads that do not tell whether they lead to a token',
    )
    .option('--concurrency <number>', 'how many executions are read at a time', parseCount, 8)
    .option('--rps <number>', 'how many requests Temporal gets a second, at most', parseCount, 100)
    .option(
      '--checkpoint <number>',
      'with --state: how many executions are read again when a scan goes on, at most',
      parseCount,
      500,
    )
    .option('--yes', 'ask nothing')
    .option('--json', 'print JSON')
    .withManual({
      notes:
        'Several namespaces may share a store: run it for each. Two Temporal clusters must not have namespaces of one name with one store.',
      examples: [
        'waxseal store gc --dry-run',
        'waxseal store gc --state collection.json --yes',
        'waxseal store gc --files exported/ --grace 3h --yes --json',
      ],
      exits: {
        done: 'it is done',
        failed: 'not all could be looked at, so that nothing was removed, or it failed',
      },
      page: 'store#collection',
    })
    .action(async ({ yes, ...given }: GivenForGc, command: Command) => {
      const isAsked = yes !== true && given.dryRun !== true;
      const { importOptional } = await import('@waxseal/config');
      const { collectTokens } = await importOptional(
        'waxseal store gc',
        TOKEN_PACKAGES,
        () => import('../store/gc.js'),
      );
      await collectTokens({ ...given, ...confirming(output, command, isAsked, given.json) }, output);
    });
}

type GivenForReseal = Omit<ResealStoreOptions, 'confirm'> & { readonly yes?: true };

function resealCommand(output: Output): CliCommand {
  return withKeyOptions(
    new CliCommand('reseal')
      .summary('seal the records of tokens under the keys of today')
      .description(
        'Opens the records of the configured store that are not under the keys that the configuration seals under today, those of tokens and the keys that name them, of all namespaces, and seals them anew. What they are bound to stays. Each is opened and compared before it takes the place of the old one. A second run finds nothing to do, and what others write meanwhile is kept.',
      ),
  )
    .option('--from <key>', 'only what this key opens, by its ID with or without version')
    .option('--dry-run', 'say what would be done, and change nothing')
    .option('--record <file>', 'append a line of JSON for each record: from which keys to which')
    .option('--yes', 'ask nothing')
    .option('--json', 'print JSON')
    .withManual({
      examples: [
        'waxseal store reseal --dry-run',
        'waxseal store reseal --from orders/v1 --record resealed.ndjson --yes',
      ],
      exits: { done: 'all is done, or there was nothing to do', failed: 'something is left, or failed' },
      page: 'store#collection',
    })
    .action(async ({ yes, ...given }: GivenForReseal, command: Command) => {
      const isAsked = yes !== true && given.dryRun !== true;
      const { importOptional } = await import('@waxseal/config');
      const { resealStore } = await importOptional(
        'waxseal store reseal',
        TOKEN_PACKAGES,
        () => import('../store/reseal-store.js'),
      );
      await resealStore({ ...given, ...confirming(output, command, isAsked, given.json) }, output);
    });
}
