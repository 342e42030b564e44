import type { Command, Option } from 'commander';

/** What options are for that several commands have, in the order in which help shows it. */
const GROUPS: Readonly<Record<string, string>> = {
  'Keys:': 'config primary-key additional-key decrypt-key',
  'Who may use it:': 'allow-origin allow-credentials allow-encode allow-unauthenticated-network-access',
  'TLS:': 'tls-cert tls-key tls-client-ca ca server-name',
  'Audit log:': 'audit audit-key-file',
  'Reading from Temporal:':
    'workflow-id run-id query limit state concurrency rps checkpoint on-workers watch task-queue parallel',
  'Exit code:': 'fail-if-used fail-on-plaintext allow-empty expect',
  'Before anything is changed:': 'dry-run yes record write apply force',
  'Output:': 'json ndjson html findings out readable log no-color help',
};

const ORDER = Object.keys(GROUPS);
const GROUP_OF = new Map(
  Object.entries(GROUPS).flatMap(([group, names]) => names.split(' ').map((name) => [`--${name}`, group])),
);

/**
 * Puts the options of a command into groups, for its help and its manual page: first those of its own, then
 * the groups in their order.
 */
export function groupOptions(command: Command): void {
  const help = command
    .createHelp()
    .visibleOptions(command)
    .find(({ long }) => long === '--help');
  const options = command.options as Option[];
  for (const option of help === undefined ? options : [...options, help]) {
    const group = GROUP_OF.get(option.long ?? '');
    if (group !== undefined) option.helpGroup(group);
  }
  options.sort((one, other) => placeOf(one) - placeOf(other));
}

function placeOf({ helpGroupHeading }: Option): number {
  return helpGroupHeading === undefined ? -1 : ORDER.indexOf(helpGroupHeading);
}
