import { Keyring, type KeyringOptions } from '@waxseal/core';
import type { Environment } from '@waxseal/core/provider';
import { atField } from './at-field';
import { keyFromUri, type KeySchemes } from './key-from-uri';

/** Keys by URI, by what they may be used for. */
export interface KeyringUris {
  /** The key that wraps and unwraps. Without it the keyring can only decode. */
  readonly primaryKey?: string | undefined;
  /** Keys that every data key is wrapped for, besides the primary one. */
  readonly additionalKeys?: readonly string[] | undefined;
  /** Keys that only unwrap. One that is named above is left out. */
  readonly decryptKeys?: readonly string[] | undefined;
}

/** What {@link keyringFromUris} takes besides the keys. */
export interface KeyringFromUrisOptions extends Pick<KeyringOptions, 'wrapPolicy' | 'requests'> {
  /** Schemes of key URIs beside those of Waxseal's providers. */
  readonly keySchemes?: KeySchemes | undefined;
  /** What errors call the fields, where the URIs come from elsewhere, such as variables. Default: as here. */
  readonly names?: Partial<Readonly<Record<keyof KeyringUris, string>>> | undefined;
}

/**
 * Loads a keyring whose keys are named by URI.
 *
 * @param options of the keyring; and schemes of URIs beside those of Waxseal's providers
 * @throws ConfigurationError that names the field, when there is no key, or one is not usable
 */
export async function keyringFromUris(
  { primaryKey, additionalKeys = [], decryptKeys = [] }: KeyringUris,
  environment: Environment = process.env,
  options: KeyringFromUrisOptions = {},
): Promise<Keyring> {
  const wrapping = new Set(additionalKeys);
  const others = new Set(decryptKeys.filter((uri) => uri !== primaryKey && !wrapping.has(uri)));
  const load = (uris: Iterable<string>, given: readonly string[], field: keyof KeyringUris) => {
    const name = options.names?.[field] ?? field;
    return Promise.all(
      [...uris].map((uri) => {
        const place = given.length === 1 ? name : `${name}[${String(given.indexOf(uri))}]`;
        return atField(place, () => keyFromUri(uri, environment, options));
      }),
    );
  };
  const primaries = primaryKey === undefined ? [] : [primaryKey];
  const [[primary], further, decryptOnly] = await Promise.all([
    load(primaries, primaries, 'primaryKey'),
    load(wrapping, additionalKeys, 'additionalKeys'),
    load(others, decryptKeys, 'decryptKeys'),
  ]);
  const { wrapPolicy, requests } = options;
  return new Keyring({ primary, additional: further, decryptOnly, wrapPolicy, requests });
}
