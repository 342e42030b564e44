import { Option, type Command, InvalidArgumentError } from 'commander';

/** Adds the options that name a configuration file and keys. Their variables are read by `loadConfig`. */
export function withKeyOptions<T extends Command>(command: T): T {
  return command
    .option(
      '--config <file>',
      'configuration file (default: WAXSEAL_CONFIG, else waxseal.config.* of this folder, unless keys are named without it)',
    )
    .option('--primary-key <uri>', 'key that encrypts and decrypts (WAXSEAL_PRIMARY_KEY)')
    .addOption(
      new Option(
        '--additional-key <uri>',
        'further key that opens what is encrypted; repeatable, or separated by commas (WAXSEAL_ADDITIONAL_KEYS)',
      ).argParser(appendList),
    )
    .addOption(
      new Option(
        '--decrypt-key <uri>',
        'key that only decrypts; repeatable, or separated by commas (WAXSEAL_DECRYPT_KEYS)',
      ).argParser(appendList),
    );
}

/** Former names of namespaces, by current name. */
export type Aliases = Readonly<Record<string, readonly string[]>>;

/** Collects `current=former`, which may be repeated for the same current name. */
export function addAlias(value: string, previous: Aliases | undefined): Aliases {
  const [current, former, ...rest] = value.split('=').map((name) => name.trim());
  if (!current || !former || rest.length > 0) {
    throw new InvalidArgumentError('Write it as <current name>=<former name>, such as orders-eu=orders.');
  }
  const aliases = previous ?? {};
  const known = Object.hasOwn(aliases, current) ? aliases[current] : undefined;
  return { ...aliases, [current]: [...(known ?? []), former] };
}

/** Collects an option that may be repeated, or hold several values separated by commas. */
export function appendList(value: string, previous: readonly string[] | undefined): readonly string[] {
  const values = value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  if (values.length === 0) throw new InvalidArgumentError('It is empty.');
  return [...(previous ?? []), ...values];
}

/** A TCP port from the command line. */
export function parsePort(value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (!(port <= 65_535)) throw new InvalidArgumentError('A port is a whole number from 0 to 65535.');
  return port;
}

/** A whole number from 1 on, from the command line. */
export function parseCount(value: string): number {
  const count = /^\d{1,7}$/.test(value) ? Number(value) : 0;
  if (count < 1) throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return count;
}
