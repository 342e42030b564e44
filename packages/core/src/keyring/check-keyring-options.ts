import { assertKnownOptions } from '../errors/assert-known-options';
import { ConfigurationError } from '../errors/configuration-error';
import type { KeyEncryptionKey } from '../key-encryption-key/key-encryption-key';
import type { KeyringOptions } from './keyring-options';

const OPTIONS: ReadonlySet<string> = new Set(['primary', 'alsoWrapFor', 'decryptOnly']);

/** {@link KeyringOptions} with nothing left out but the primary key. */
export interface CheckedKeyringOptions {
  readonly primary: KeyEncryptionKey | undefined;
  readonly alsoWrapFor: readonly KeyEncryptionKey[];
  readonly decryptOnly: readonly KeyEncryptionKey[];
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
  return {
    primary: (given['primary'] ?? undefined) as KeyEncryptionKey | undefined,
    alsoWrapFor: (given['alsoWrapFor'] ?? []) as readonly KeyEncryptionKey[],
    decryptOnly: (given['decryptOnly'] ?? []) as readonly KeyEncryptionKey[],
  };
}
