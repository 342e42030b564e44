import { inspect } from 'node:util';
import { isUint8Array } from 'node:util/types';
import { STEADY_CLOCK } from '../base/clock';
import { ConfigurationError, quote } from '../base/errors';
import { KeyServiceError } from '../base/key-service-error';
import { MAX_WRAPPED_KEYS } from '../envelope/envelope';
import {
  type KeyEncryptionKey,
  assertKeyId,
  type KeyId,
  type KeyRequestLimits,
  type WrappedKey,
  isKeyId,
  MAX_WRAPPED_KEY_BYTES,
} from '../key/key-encryption-key';
import { GuardedKey, type GuardedRequestOptions } from './guarded-key';
import { checkKeyringOptions, type KeyGuardLimits, type KeyringOptions } from './keyring-options';

/**
 * The key-encryption keys of an application. To rotate, add the new key to `decryptOnly` everywhere, then
 * make it `primary` and move the old one to `decryptOnly`.
 *
 * A key ID that comes from a payload only ever selects one of these keys.
 */
export class Keyring {
  readonly #primary: GuardedKey | undefined;
  readonly #additional: readonly GuardedKey[];
  readonly #keys: readonly GuardedKey[];
  readonly #wrapPolicy: 'all' | 'atLeastOne';
  readonly #guard: KeyGuardLimits;

  /** @throws ConfigurationError when there is no key, a key is not usable, or two have the same ID */
  constructor(options: KeyringOptions) {
    const { primary, additional, decryptOnly, wrapPolicy, guard } = checkKeyringOptions(options);
    if (primary === undefined && additional.length > 0) {
      throw new ConfigurationError('Keyring: additional needs a primary key.');
    }
    if (additional.length >= MAX_WRAPPED_KEYS) {
      throw new ConfigurationError(
        `Keyring: additional holds at most ${String(MAX_WRAPPED_KEYS - 1)} keys, and ${String(additional.length)} were given.`,
      );
    }
    const keys = [...(primary === undefined ? [] : [primary]), ...additional, ...decryptOnly];
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
    this.#keys = keys.map((key) => new GuardedKey(key, guard, STEADY_CLOCK));
    this.#primary = primary === undefined ? undefined : this.#keys[0];
    const wrapping = primary === undefined ? 0 : 1 + additional.length;
    this.#additional = this.#keys.slice(1, wrapping);
    this.#wrapPolicy = wrapPolicy;
    this.#guard = guard;
  }

  /** ID of the primary key; `undefined` where the keyring can only decode. */
  get primaryKeyId(): KeyId | undefined {
    return this.#primary?.key.id;
  }

  /** IDs of all keys, the primary first. */
  get keyIds(): readonly KeyId[] {
    return this.#keys.map(({ key }) => key.id);
  }

  /**
   * The keys with what they are for, the primary first. A method, so that nothing that prints a keyring
   * prints its keys.
   */
  entries(): readonly KeyringEntry[] {
    return this.#keys.map((guarded) => ({
      key: guarded.key,
      role: this.#roleOf(guarded),
      limits: guarded.limits.request,
    }));
  }

  #roleOf(guarded: GuardedKey): KeyringEntry['role'] {
    if (guarded === this.#primary) return 'primary';
    return this.#additional.includes(guarded) ? 'additional' : 'decryptOnly';
  }

  /**
   * The configured key that `keyId` names.
   *
   * @param keyId untrusted: compared, never resolved
   */
  find(keyId: KeyId): KeyEncryptionKey | undefined {
    return this.findGuarded(keyId)?.key;
  }

  /**
   * As {@link Keyring.find}, with its guard.
   *
   * @internal
   */
  findGuarded(keyId: KeyId): GuardedKey | undefined {
    return (
      this.#keys.find(({ key }) => key.id === keyId) ?? this.#keys.find((guarded) => guarded.owns(keyId))
    );
  }

  /**
   * Deadlines of an unwrap.
   *
   * @internal
   */
  get guard(): KeyGuardLimits {
    return this.#guard;
  }

  /** `'atLeastOne'` where a data key may lack wraps. */
  get wrapPolicy(): 'all' | 'atLeastOne' {
    return this.#wrapPolicy;
  }

  /**
   * How long its data keys are used for encoding at most, in milliseconds; `undefined` where the codec's
   * options alone say so.
   *
   * @internal
   */
  get keepDataKeysMs(): number | undefined {
    const wrapping = this.#primary === undefined ? [] : [this.#primary, ...this.#additional];
    const limits = wrapping.flatMap(({ key }) => key.keepDataKeysMs ?? []);
    return limits.length === 0 ? undefined : Math.min(...limits);
  }

  /** How many keys wrap each data key. */
  get wrapCount(): number {
    return this.#primary === undefined ? 0 : 1 + this.#additional.length;
  }

  /**
   * Wraps a data key under the primary key and each key of `additional`, at once.
   *
   * @param dataKey 32 bytes, read during the call only
   * @param options with an AAD of its own, only keys wrap whose service authenticates it
   * @returns the wrapped keys in the order of the keys, the primary's first; with `wrapPolicy: 'atLeastOne'`
   *   some may be missing
   * @throws ConfigurationError when there is no primary key, or a provider answers outside its contract
   * @throws KeyServiceError when any of the keys does not wrap; with `'atLeastOne'`, when none does
   */
  async wrap(
    dataKey: Uint8Array,
    options: GuardedRequestOptions = {},
  ): Promise<[WrappedKey, ...WrappedKey[]]> {
    if (this.#primary === undefined) {
      throw new ConfigurationError(
        'Keyring: there is no primary key, so nothing can be encoded. Give one, or use this keyring for decoding only.',
      );
    }
    const all = [this.#primary, ...this.#additional];
    const keys = options.aad === undefined ? all : all.filter(({ key }) => key.bindsAad);
    const wrapped = await wrapAll(keys, dataKey, this.#wrapPolicy, options);
    if (new Set(wrapped.map(({ keyId }) => keyId)).size !== wrapped.length) {
      throw new ConfigurationError(
        'Keyring: two keys wrapped under the same key ID. Give them different IDs.',
      );
    }
    return wrapped;
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

/** A key of a keyring, and what it is for. */
export interface KeyringEntry {
  readonly key: KeyEncryptionKey;
  readonly role: 'primary' | 'additional' | 'decryptOnly';
  /** Deadlines of its requests, as the keyring gives them to it. */
  readonly limits?: KeyRequestLimits;
}

/**
 * Wraps a data key under several keys at once.
 *
 * @param policy `'atLeastOne'` leaves out those that do not wrap
 * @returns in the order of `keys`
 * @throws ConfigurationError when a provider answers outside its contract
 * @throws KeyServiceError when a key does not wrap; with `'atLeastOne'`, when none does
 */
async function wrapAll(
  keys: readonly GuardedKey[],
  dataKey: Uint8Array,
  policy: 'all' | 'atLeastOne',
  options: GuardedRequestOptions,
): Promise<[WrappedKey, ...WrappedKey[]]> {
  const requests = keys.map((key) => wrapChecked(key, dataKey, options));
  // The data key is read until the last request has ended, so all of them are waited for.
  const results = await Promise.allSettled(requests);
  const errors = results
    .filter((result) => result.status === 'rejected')
    .map(({ reason }) => reason as Error);
  const wrapped = results.filter((result) => result.status === 'fulfilled').map(({ value }) => value);
  const fatal = errors.find((error) => !(error instanceof KeyServiceError));
  const [first, ...others] = wrapped;
  if (fatal !== undefined) throw fatal;
  if (first === undefined || (policy === 'all' && errors.length > 0)) throw errors[0] ?? new Error('No key.');
  return [first, ...others];
}

async function wrapChecked(
  guarded: GuardedKey,
  dataKey: Uint8Array,
  options: GuardedRequestOptions,
): Promise<WrappedKey> {
  const { key } = guarded;
  // A provider in JavaScript can answer anything.
  const wrapped: unknown = await guarded.wrap(dataKey, options);
  const { keyId, bytes } = (wrapped ?? {}) as Partial<WrappedKey>;
  if (!isKeyId(keyId) || !guarded.owns(keyId)) {
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
