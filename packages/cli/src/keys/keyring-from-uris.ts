import { ConfigurationError, Keyring } from '@waxseal/core';
import { keyFromUri } from './key-from-uri';

/** Keys by URI, by what they may be used for. */
export interface KeyringUris {
  /** The key that wraps and unwraps. Without it the keyring can only decode. */
  readonly primaryKey?: string | undefined;
  /** Keys that only unwrap. One that is the same as `primaryKey` is left out. */
  readonly decryptKeys?: readonly string[] | undefined;
}

/**
 * Loads a keyring whose keys are named by URI.
 *
 * @throws ConfigurationError when there is no key, or one is not usable
 */
export async function keyringFromUris({ primaryKey, decryptKeys = [] }: KeyringUris): Promise<Keyring> {
  const others = new Set(decryptKeys.filter((uri) => uri !== primaryKey));
  if (primaryKey === undefined && others.size === 0) {
    throw new ConfigurationError(
      'No key is named. Give --primary-key <uri> or set WAXSEAL_PRIMARY_KEY, for example to local:///etc/waxseal/keyring.json#orders; "waxseal keygen" makes a local key.',
    );
  }
  const [primary, decryptOnly] = await Promise.all([
    primaryKey === undefined ? undefined : keyFromUri(primaryKey),
    Promise.all([...others].map(keyFromUri)),
  ]);
  return new Keyring({ primary, decryptOnly });
}
