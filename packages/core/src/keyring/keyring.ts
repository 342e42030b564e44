import { inspect } from 'node:util';
import { isUint8Array } from 'node:util/types';

import { ConfigurationError } from '../errors/configuration-error';
import { MAX_WRAPPED_KEYS } from '../envelope/format';
import { quote } from '../errors/quote';
import type { KeyEncryptionKey } from '../key-encryption-key/key-encryption-key';
import { assertKeyId, isKeyId, type KeyId } from '../key-encryption-key/key-id';
import type { KeyRequestOptions } from '../key-encryption-key/key-request-options';
import { MAX_WRAPPED_KEY_BYTES, type WrappedKey } from '../key-encryption-key/wrapped-key';
import { asKeyServiceError } from './as-key-service-error';
import { checkKeyringOptions } from './check-keyring-options';
import type { KeyringEntry } from './keyring-entry';
import type { KeyringOptions } from './keyring-options';
import { WRAP_AAD } from './wrap-aad';

/**
 * The key-encryption keys of an application. To rotate, add the new key to `decryptOnly` everywhere, then make it
 * `primary` and move the old one to `decryptOnly`.
 *
 * A key ID that comes from a payload only ever selects one of these keys.
 */
export class Keyring {
  readonly #primary: KeyEncryptionKey | undefined;
  readonly #alsoWrapFor: readonly KeyEncryptionKey[];
  readonly #keys: readonly KeyEncryptionKey[];

  /** @throws ConfigurationError when there is no key, a key is not usable, or two have the same ID */
  constructor(options: KeyringOptions) {
    const { primary, alsoWrapFor, decryptOnly } = checkKeyringOptions(options);
    if (primary === undefined && alsoWrapFor.length > 0) {
      throw new ConfigurationError('Keyring: alsoWrapFor needs a primary key.');
    }
    if (alsoWrapFor.length >= MAX_WRAPPED_KEYS) {
      throw new ConfigurationError(
        `Keyring: alsoWrapFor holds at most ${String(MAX_WRAPPED_KEYS - 1)} keys, and ${String(alsoWrapFor.length)} were given.`,
      );
    }
    const keys = [...(primary === undefined ? [] : [primary]), ...alsoWrapFor, ...decryptOnly];
    if (keys.length === 0) {
      throw new ConfigurationError('Keyring: give a primary key, or at least one key in decryptOnly.');
    }
    const ids = new Set<KeyId>();
    for (const key of keys) {
      assertUsable(key);
      if (ids.has(key.id)) {
        throw new ConfigurationError(`Keyring: two keys have the ID ${quote(key.id)}. Name each key once.`);
      }
      ids.add(key.id);
    }
    this.#primary = primary;
    this.#alsoWrapFor = [...alsoWrapFor];
    this.#keys = keys;
  }

  /** ID of the primary key; `undefined` where the keyring can only decode. */
  get primaryKeyId(): KeyId | undefined {
    return this.#primary?.id;
  }

  /** IDs of all keys, the primary first. */
  get keyIds(): readonly KeyId[] {
    return this.#keys.map((key) => key.id);
  }

  /** The keys with what they are for, the primary first. */
  get entries(): readonly KeyringEntry[] {
    return this.#keys.map((key) => ({ key, role: this.#roleOf(key) }));
  }

  #roleOf(key: KeyEncryptionKey): KeyringEntry['role'] {
    if (key === this.#primary) return 'primary';
    return this.#alsoWrapFor.includes(key) ? 'alsoWrapFor' : 'decryptOnly';
  }

  /**
   * The configured key that `keyId` names.
   *
   * @param keyId untrusted: compared, never resolved
   */
  find(keyId: KeyId): KeyEncryptionKey | undefined {
    return this.#keys.find((key) => key.id === keyId) ?? this.#keys.find((key) => key.owns?.(keyId) === true);
  }

  /**
   * Wraps a data key under the primary key and each key of `alsoWrapFor`, at once.
   *
   * @param dataKey 32 bytes, read during the call only
   * @returns the wrapped keys, the primary's first
   * @throws ConfigurationError when there is no primary key, or a provider answers outside its contract
   * @throws KeyServiceError when any of the keys does not wrap
   */
  async wrap(dataKey: Uint8Array, options?: KeyRequestOptions): Promise<[WrappedKey, ...WrappedKey[]]> {
    if (this.#primary === undefined) {
      throw new ConfigurationError(
        'Keyring: there is no primary key, so nothing can be encoded. Give one, or use this keyring for decoding only.',
      );
    }
    const [first, ...others] = await Promise.all([
      wrapChecked(this.#primary, dataKey, options),
      ...this.#alsoWrapFor.map((key) => wrapChecked(key, dataKey, options)),
    ]);
    const ids = new Set([first, ...others].map((wrapped) => wrapped.keyId));
    if (ids.size !== others.length + 1) {
      throw new ConfigurationError(
        'Keyring: two keys wrapped under the same key ID. Give them different IDs.',
      );
    }
    return [first, ...others];
  }

  /** Key IDs only. */
  toJSON(): { readonly primary: KeyId | undefined; readonly keyIds: readonly KeyId[] } {
    return { primary: this.primaryKeyId, keyIds: this.keyIds };
  }

  [inspect.custom](): string {
    return `Keyring ${inspect(this.toJSON())}`;
  }
}

function assertUsable(key: KeyEncryptionKey): void {
  // Callers from JavaScript can hand over anything.
  const candidate = key as Partial<KeyEncryptionKey> | null | undefined;
  if (typeof candidate?.wrap !== 'function' || typeof candidate.unwrap !== 'function') {
    throw new ConfigurationError(
      'Keyring: each key must be a KeyEncryptionKey, for example a LocalKey; got something without wrap() and unwrap().',
    );
  }
  assertKeyId(candidate.id, 'Keyring: the id of each key');
}

async function wrapChecked(
  key: KeyEncryptionKey,
  dataKey: Uint8Array,
  options: KeyRequestOptions | undefined,
): Promise<WrappedKey> {
  // A provider in JavaScript can answer anything.
  const wrapped: unknown = await asKeyServiceError(key.id, () => key.wrap(dataKey, WRAP_AAD, options));
  const { keyId, bytes } = (wrapped ?? {}) as Partial<WrappedKey>;
  if (!isKeyId(keyId) || (keyId !== key.id && key.owns?.(keyId) !== true)) {
    throw new ConfigurationError(
      `Key ${quote(key.id)} wrapped under a key ID that it does not own. Its provider breaks the KeyEncryptionKey contract.`,
    );
  }
  if (!isUint8Array(bytes) || bytes.length < 1 || bytes.length > MAX_WRAPPED_KEY_BYTES) {
    throw new ConfigurationError(
      `Key ${quote(key.id)} gave no wrapped key of a length that fits into an envelope: 1 to ${String(MAX_WRAPPED_KEY_BYTES)} bytes.`,
    );
  }
  return { keyId, bytes: new Uint8Array(bytes) };
}
