import type { Output } from '../output';
import type { ShredOptions } from '../subjects/shred';
import type { ListSubjectsOptions, SubjectOptions } from '../subjects/subject-actions';
import { CliCommand } from './cli-command';
import { appendList, parseCount, withKeyOptions } from './options';

/** `waxseal subjects`: whose data there are, and how they are forgotten. */
export function subjectsCommand(output: Output): CliCommand {
  const command = new CliCommand('subjects')
    .withPage('subjects')
    .summary('list the keys of subjects, and forget a subject');
  for (const make of [listCommand, showCommand, shredCommand, resealCommand]) {
    command.addCommand(make(output));
  }
  return command;
}

function listCommand(output: Output): CliCommand {
  return new CliCommand('list')
    .summary('list the subjects that there are and were')
    .description(
      'Lists the subjects of the store by their key IDs, which do not tell who they are, with when their keys were made and removed. It needs no key.',
    )
    .option(
      '--config <file>',
      'configuration file (default: WAXSEAL_STORE, else WAXSEAL_CONFIG, else waxseal.config.* of this folder)',
    )
    .option('--shredded', 'only those that were shredded')
    .withJsonOfMany()
    .withManual({
      examples: ['waxseal subjects list', 'waxseal subjects list --shredded --ndjson'],
      exits: { done: 'the subjects are listed', failed: 'the store cannot be read' },
      page: 'subjects#forgetting-a-subject',
    })
    .action(async (options: ListSubjectsOptions) => {
      const { listAll } = await import('../subjects/subject-actions.js');
      await listAll(options, output);
    });
}

function showCommand(output: Output): CliCommand {
  return withKeyOptions(
    new CliCommand('show')
      .summary('say what is known of a subject')
      .description(
        'Says which key ID the payloads of a subject name, and when its key was made and removed. Exits with 1 where it never had one.',
      ),
  )
    .argument('<id>', 'ID of the subject, or its key ID')
    .option('--json', 'print JSON')
    .withManual({
      examples: ['waxseal subjects show customer-4711'],
      exits: {
        done: 'the subject has or had a key',
        failed: 'it never had one in this store, or the store cannot be read',
      },
      page: 'subjects#forgetting-a-subject',
    })
    .action(async (id: string, options: SubjectOptions) => {
      const { showSubject } = await import('../subjects/subject-actions.js');
      await showSubject(id, options, output);
    });
}

function shredCommand(output: Output): CliCommand {
  return withKeyOptions(
    new CliCommand('shred')
      .summary('forget subjects: remove their keys for good')
      .description(
        'Removes the keys of subjects, so that nothing which was encrypted under them opens any more. Looks first for open executions and schedules that hold payloads of them and would fail, in the namespace that TEMPORAL_* variables and temporal.toml name, and refuses where there are any. Proves by a payload of its own that what opened before does not open after. There is no way back but a backup of the store.',
      ),
  )
    .argument('<id...>', 'IDs of the subjects, or their key IDs')
    .option(
      '--namespace <name>',
      'namespace of Temporal to look at, in the place of the one that is configured; repeatable',
      appendList,
    )
    .option('--force', 'shred also where executions hold payloads, or not all could be looked at')
    .option('--dry-run', 'look, and remove nothing')
    .option('--limit <number>', 'how many executions are named, at most', parseCount, 1_000)
    .option('--concurrency <number>', 'how many executions are read at a time', parseCount, 8)
    .option('--rps <number>', 'how many requests Temporal gets a second, at most', parseCount, 100)
    .option('--json', 'print JSON')
    .withManual({
      examples: [
        'waxseal subjects shred customer-4711 --dry-run',
        'waxseal subjects shred customer-4711 --namespace orders --namespace billing',
      ],
      exits: {
        done: 'all are shredded, and proved to be',
        failed: 'a subject is not known, not all could be looked at, or it failed',
        found: 'something holds their payloads, and nothing was removed',
      },
      page: 'subjects#forgetting-a-subject',
    })
    .action(async (ids: readonly string[], options: ShredOptions) => {
      const { shred } = await import('../subjects/shred.js');
      await shred(ids, options, output);
    });
}

function resealCommand(output: Output): CliCommand {
  return withKeyOptions(
    new CliCommand('reseal')
      .summary('seal the keys of all subjects anew')
      .description(
        'Seals the keys of all subjects anew under the keys that encrypt today, so that an old one can be retired. Payloads stay as they are. It can be run again at any time.',
      ),
  )
    .option('--json', 'print JSON')
    .withManual({
      examples: ['waxseal subjects reseal'],
      exits: { done: 'all keys are sealed anew', failed: 'the store or a key cannot be used' },
      page: 'subjects#rotating-the-applications-key',
    })
    .action(async (options: SubjectOptions) => {
      const { resealSubjects } = await import('../subjects/subject-actions.js');
      await resealSubjects(options, output);
    });
}
