import { InvalidArgumentError } from 'commander';

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
