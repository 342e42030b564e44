import { type KeyId, ConfigurationError } from '@waxseal/core/provider';

/** A local key of one version. */
export interface SingleLocalKeyOptions {
  /** The key ID that is recorded in payloads, as it is. */
  readonly id: KeyId;
  /** 32 random bytes. They are copied; zero yours afterwards. */
  readonly key: Uint8Array;
}

/** A local key with versions, as a key service has them. */
export interface VersionedLocalKeyOptions {
  /** Name of the key. Payloads record `<id>/v<version>`. */
  readonly id: KeyId;
  /** 32 random bytes by version, a whole number from 1. They are copied; zero yours afterwards. */
  readonly versions: Readonly<Record<number, Uint8Array>>;
  /** The version that wraps; all of them unwrap. */
  readonly primaryVersion: number;
  /** When each version was made, where that is known: ISO 8601. For a person only. */
  readonly createdAt?: Readonly<Record<number, string>> | undefined;
}

/** What a `LocalKey` is made of. */
export type LocalKeyOptions = SingleLocalKeyOptions | VersionedLocalKeyOptions;

/**
 * @throws ConfigurationError when `options` are neither of the two forms, or have a field that neither has
 */
export function assertLocalKeyOptions(options: LocalKeyOptions): void {
  // Callers from JavaScript can hand over anything.
  const given: Readonly<Record<string, unknown>> = { ...(options as LocalKeyOptions | undefined) };
  const names = 'key' in given ? ['id', 'key'] : ['id', 'versions', 'primaryVersion', 'createdAt'];
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `LocalKey: ${JSON.stringify(unknown)} is not an option beside ${names.join(', ')}.`,
    );
  }
  const { versions } = given;
  if (!('key' in given) && (typeof versions !== 'object' || versions === null)) {
    throw new ConfigurationError(
      'LocalKey: give { id, key } with a key of 32 bytes, or { id, versions, primaryVersion }.',
    );
  }
}
