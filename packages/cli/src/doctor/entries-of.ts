import { ConfigurationError, type Keyring, type KeyringEntry, type KeyringSelector } from '@waxseal/core';

/** A key of one or more keyrings, and the namespaces that these are for. */
export interface NamespacedEntry {
  readonly entry: KeyringEntry;
  readonly namespaces: string[];
}

/**
 * The keys to look at, each once in each role.
 *
 * @param namespaces to ask a function for keyrings for; without effect on a single keyring
 * @throws ConfigurationError when there is a function and no namespace, or the function throws
 */
export function entriesOf(
  keyring: Keyring | KeyringSelector,
  namespaces: readonly string[],
): readonly NamespacedEntry[] {
  if (typeof keyring !== 'function') return keyring.entries().map((entry) => ({ entry, namespaces: [] }));
  if (namespaces.length === 0) {
    throw new ConfigurationError(
      'The configuration chooses keys by namespace: name those to look at, with --namespace <name>.',
    );
  }
  const found: NamespacedEntry[] = [];
  for (const namespace of namespaces) {
    for (const entry of keyring({ namespace, workflowId: undefined }).entries()) {
      const same = found.find((other) => other.entry.key === entry.key && other.entry.role === entry.role);
      if (same === undefined) found.push({ entry, namespaces: [namespace] });
      else same.namespaces.push(namespace);
    }
  }
  return found;
}
