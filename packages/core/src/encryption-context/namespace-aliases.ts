import { ConfigurationError } from '../errors/configuration-error';

/** Former names by current name, ready to be looked up. */
export type NamespaceAliases = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * @param aliases current name of a namespace → its former names
 * @throws ConfigurationError when it is not an object of arrays of names
 */
export function namespaceAliases(
  aliases: Readonly<Record<string, readonly string[]>> | undefined,
): NamespaceAliases {
  const map = new Map<string, ReadonlySet<string>>();
  for (const [current, former] of Object.entries(aliases ?? {})) {
    if (!Array.isArray(former) || !former.every((name) => typeof name === 'string' && name !== '')) {
      throw new ConfigurationError(
        `namespaceAliases[${JSON.stringify(current)}] must be an array of former namespace names, for example { 'orders-eu': ['orders'] }.`,
      );
    }
    map.set(current, new Set<string>(former));
  }
  return map;
}
