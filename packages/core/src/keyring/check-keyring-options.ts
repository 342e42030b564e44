import { assertKnownOptions } from '../errors/assert-known-options';
import { ConfigurationError } from '../errors/configuration-error';
import type { KeyEncryptionKey } from '../key-encryption-key/key-encryption-key';
import { keyGuardLimits, type KeyGuardLimits } from './key-guard-limits';
import type { KeyGuardOptions } from './key-guard-options';
import type { KeyringOptions } from './keyring-options';

const OPTIONS: ReadonlySet<string> = new Set([
  'primary',
  'alsoWrapFor',
  'decryptOnly',
  'wrapPolicy',
  'requests',
]);

/** {@link KeyringOptions} with nothing left out but the primary key. */
export interface CheckedKeyringOptions {
  readonly primary: KeyEncryptionKey | undefined;
  readonly alsoWrapFor: readonly KeyEncryptionKey[];
  readonly decryptOnly: readonly KeyEncryptionKey[];
  readonly wrapPolicy: 'all' | 'atLeastOne';
  readonly guard: KeyGuardLimits;
}

/** @throws ConfigurationError that names the option which is misspelt or of the wrong type */
export function checkKeyringOptions(options: KeyringOptions): CheckedKeyringOptions {
  // Callers from JavaScript can hand over anything.
  const given: Readonly<Record<string, unknown>> = { ...(options as KeyringOptions | undefined) };
  assertKnownOptions(given, OPTIONS, (name) => `Keyring: ${JSON.stringify(name)}`);
  for (const name of ['alsoWrapFor', 'decryptOnly']) {
    if (given[name] !== undefined && !Array.isArray(given[name])) {
      throw new ConfigurationError(`Keyring: ${name} must be an array of keys.`);
    }
  }
  const wrapPolicy = given['wrapPolicy'] ?? 'all';
  if (wrapPolicy !== 'all' && wrapPolicy !== 'atLeastOne') {
    throw new ConfigurationError("Keyring: wrapPolicy must be 'all' or 'atLeastOne'.");
  }
  return {
    primary: (given['primary'] ?? undefined) as KeyEncryptionKey | undefined,
    alsoWrapFor: (given['alsoWrapFor'] ?? []) as readonly KeyEncryptionKey[],
    decryptOnly: (given['decryptOnly'] ?? []) as readonly KeyEncryptionKey[],
    wrapPolicy,
    guard: keyGuardLimits(given['requests'] as KeyGuardOptions | undefined),
  };
}
