import type { KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import {
  assertKeyId,
  ConfigurationError,
  KeyServiceError,
  type KeyDescribeOptions,
  type KeyDescription,
  type KeyEncryptionKey,
  type KeyHistory,
  type KeyId,
  type KeyRequestOptions,
  type WrappedKey,
} from '@waxseal/core/provider';
import { assertLocalKeyOptions, type LocalKeyOptions } from './options';
import { importKeyMaterial, unwrapLocally, versionedKeyId, wrapLocally } from './wrapping';
import { keyInFileOf } from './from-uri';
import { parseLocalKeyText } from './key-text';
import { readLocalKeyringFile, selectLocalKey } from './keyring-file';

const MOST_VERSIONS = 50;

/**
 * An AES-256 key in this process's memory as a key-encryption key: for development, for tests, and for sites
 * without a key service. Who can read the key can read every payload; there is no audit and no revocation.
 *
 * Wrapping is AES-256-GCM with a random nonce (docs/spec/local-key.md): at most 2^32 data keys under one key.
 */
export class LocalKey implements KeyEncryptionKey {
  readonly id: KeyId;
  readonly provider = 'local';
  readonly bindsAad = true;

  readonly #wrapsUnder: KeyId;
  readonly #keys = new Map<KeyId, KeyObject>();
  readonly #createdAt: Readonly<Record<number, string>>;

  /**
   * @throws ConfigurationError when an ID is no key ID, a key is not 32 bytes, or the primary version is
   *   missing
   */
  constructor(options: LocalKeyOptions) {
    assertLocalKeyOptions(options);
    assertKeyId(options.id, 'LocalKey: id');
    this.id = options.id;
    this.#createdAt = 'key' in options ? {} : { ...options.createdAt };
    if ('key' in options) {
      this.#wrapsUnder = options.id;
      this.#keys.set(options.id, importKeyMaterial(options.key, 'LocalKey: key'));
      return;
    }
    for (const [version, key] of Object.entries(options.versions)) {
      const keyId = versionedKeyId(options.id, Number(version));
      assertKeyId(keyId, 'LocalKey: id with its version');
      this.#keys.set(keyId, importKeyMaterial(key, `LocalKey: versions[${version}]`));
    }
    this.#wrapsUnder = versionedKeyId(options.id, options.primaryVersion);
    if (!this.#keys.has(this.#wrapsUnder)) {
      throw new ConfigurationError(
        `LocalKey: primaryVersion ${String(options.primaryVersion)} is not among the versions.`,
      );
    }
  }

  /**
   * A key of a key-ring file (docs/spec/local-key.md §2). It wraps under the key's primary version and
   * unwraps under all.
   *
   * @param path file that only its owner can read
   * @param id name of the key in the file; by default the file's primary key
   * @throws ConfigurationError when the file is missing, readable by others or malformed, or has no such key
   */
  static fromFile(path: string, id?: string): LocalKey {
    return LocalKey.#fromOwned(selectLocalKey(readLocalKeyringFile(path), id, `The key-ring file ${path}`));
  }

  /**
   * A key from an environment variable that holds `<id>:<32 bytes in base64>`, the base64 alone (the key ID
   * is then derived from the key), or a whole key-ring document.
   *
   * @param name of the variable
   * @throws ConfigurationError when it is unset or malformed; the message never holds the value
   */
  static fromEnv(name: string): LocalKey {
    return LocalKey.#fromOwned(parseLocalKeyText(process.env[name], `The environment variable ${name}`));
  }

  /**
   * The key of `local:///path/keyring.json#<key name>`, as {@link LocalKey.fromFile} makes it. Path and name
   * are percent-encoded; without a name the file's primary key is meant.
   *
   * @throws ConfigurationError when the path is not absolute, or the file or the key is not usable
   */
  static fromUri(uri: string | URL): LocalKey {
    const { path, id } = keyInFileOf(uri);
    return LocalKey.fromFile(path, id);
  }

  /** Makes a key of bytes that the caller gives up, and zeroes them. */
  static #fromOwned(options: LocalKeyOptions): LocalKey {
    try {
      return new LocalKey(options);
    } finally {
      for (const bytes of 'key' in options ? [options.key] : Object.values(options.versions)) bytes.fill(0);
    }
  }

  /** Whether `keyId` is one of this key's versions. */
  owns(keyId: KeyId): boolean {
    return this.#keys.has(keyId);
  }

  /** @throws KeyServiceError `unavailable` when `options.signal` is aborted */
  // eslint-disable-next-line @typescript-eslint/require-await
  async wrap(dataKey: Uint8Array, aad: Uint8Array, options?: KeyRequestOptions): Promise<WrappedKey> {
    const key = this.#find(this.#wrapsUnder, options);
    return { keyId: this.#wrapsUnder, bytes: wrapLocally(key, this.#wrapsUnder, dataKey, aad) };
  }

  /**
   * @throws KeyServiceError `not-found` for a version that this key does not have, `rejected-ciphertext` when
   *   the wrapped key does not open
   */
  // eslint-disable-next-line @typescript-eslint/require-await
  async unwrap(wrapped: WrappedKey, aad: Uint8Array, options?: KeyRequestOptions): Promise<Uint8Array> {
    const dataKey = unwrapLocally(this.#find(wrapped.keyId, options), wrapped, aad);
    if (dataKey === undefined) throw new KeyServiceError(wrapped.keyId, 'rejected-ciphertext');
    return dataKey;
  }

  /** What is known of a key in memory: its versions. */
  // eslint-disable-next-line @typescript-eslint/require-await
  async describe(options?: KeyDescribeOptions): Promise<KeyDescription> {
    return {
      service: 'local key',
      name: this.id,
      state: 'in memory',
      isUsable: true,
      version: this.#wrapsUnder,
      details: { versions: String(this.#keys.size) },
      ...(options?.history === true ? { history: this.#history() } : {}),
    };
  }

  /** Versions by their numbers; of a key without versions there is nothing to tell. */
  #history(): KeyHistory {
    const numbers = [...this.#keys.keys()].map((keyId) => Number(keyId.slice(this.id.length + 2)));
    const versions = numbers
      .filter((number) => number > 0)
      .sort((one, other) => other - one)
      .map((number) => ({ version: versionedKeyId(this.id, number), createdAt: this.#madeAt(number) }));
    return {
      createdAt: versions.at(-1)?.createdAt,
      rotation: 'off',
      versions: versions.slice(0, MOST_VERSIONS),
      hasMoreVersions: versions.length > MOST_VERSIONS,
      untold: [],
    };
  }

  #madeAt(version: number): Date | undefined {
    const date = new Date(this.#createdAt[version] ?? NaN);
    return Number.isNaN(date.getTime()) ? undefined : date;
  }

  #find(keyId: KeyId, options: KeyRequestOptions | undefined): KeyObject {
    if (options?.signal?.aborted === true) throw new KeyServiceError(keyId, 'unavailable');
    const key = this.#keys.get(keyId);
    if (key === undefined) throw new KeyServiceError(keyId, 'not-found');
    return key;
  }

  /** Key IDs only. */
  toJSON(): { readonly id: KeyId; readonly keyIds: readonly KeyId[] } {
    return { id: this.id, keyIds: [...this.#keys.keys()] };
  }

  [inspect.custom](): string {
    return `LocalKey ${inspect(this.toJSON())}`;
  }
}
