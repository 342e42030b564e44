import { ConfigurationError, Keyring, type KeyEncryptionKey, type KeyringOptions } from '@waxseal/core';
import { keyFromUri } from './keys/key-from-uri';
import type { Environment } from './keys/uri';

/** Keys by URI, by what they may be used for. */
export interface KeyringUris {
  /** The key that wraps and unwraps. Without it the keyring can only decode. */
  readonly primaryKey?: string | undefined;
  /** Keys that every data key is wrapped for, besides the primary one. */
  readonly alsoWrapFor?: readonly string[] | undefined;
  /** Keys that only unwrap. One that is named above is left out. */
  readonly decryptKeys?: readonly string[] | undefined;
}

/**
 * Loads a keyring whose keys are named by URI.
 *
 * @param options of the keyring
 * @throws ConfigurationError that names the field, when there is no key, or one is not usable
 */
export async function keyringFromUris(
  { primaryKey, alsoWrapFor = [], decryptKeys = [] }: KeyringUris,
  environment: Environment = process.env,
  options: Pick<KeyringOptions, 'wrapPolicy' | 'requests'> = {},
): Promise<Keyring> {
  const wrapping = new Set(alsoWrapFor);
  const others = new Set(decryptKeys.filter((uri) => uri !== primaryKey && !wrapping.has(uri)));
  const load = (uris: Iterable<string>, field: string): Promise<KeyEncryptionKey[]> =>
    Promise.all([...uris].map((uri) => loadNamed(uri, field, environment)));
  const [[primary], further, decryptOnly] = await Promise.all([
    load(primaryKey === undefined ? [] : [primaryKey], 'primaryKey'),
    load(wrapping, 'alsoWrapFor'),
    load(others, 'decryptKeys'),
  ]);
  const { wrapPolicy, requests } = options;
  return new Keyring({ primary, alsoWrapFor: further, decryptOnly, wrapPolicy, requests });
}

async function loadNamed(uri: string, field: string, environment: Environment): Promise<KeyEncryptionKey> {
  try {
    return await keyFromUri(uri, environment);
  } catch (cause) {
    if (!(cause instanceof ConfigurationError)) throw cause;
    throw new ConfigurationError(`${field}: ${cause.message}`, { cause });
  }
}
