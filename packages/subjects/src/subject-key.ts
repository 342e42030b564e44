import type { KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import {
  assertUnwrappable,
  type KeyEncryptionKey,
  type KeyId,
  type KeyRequestOptions,
  KeyServiceError,
  type WrappedKey,
} from '@waxseal/core/provider';
import { endOnAbort } from '@waxseal/core/internal';
import type { KeyMemory } from './key-memory';
import { keyIdOfName, nameOfKeyId, SUBJECT_KEYS_ID } from './subject-name';
import { unwrapForSubject, wrapForSubject } from './wrapping';

/** A key of a subject, and the subject's name. */
interface NamedKey {
  readonly name: string;
  readonly key: KeyObject;
}

/**
 * The key of a subject as a key-encryption key: it wraps by AES-256-GCM in this process
 * (docs/spec/subject-key.md §3). The key itself comes from the store when it is first needed.
 *
 * It unwraps what any subject's key has wrapped: the wrapped key names the subject. So one of them, without a
 * subject, serves for decoding.
 */
export class SubjectKey implements KeyEncryptionKey {
  readonly id = SUBJECT_KEYS_ID;
  readonly provider = 'subject';
  readonly bindsAad = true;
  readonly keepDataKeysMs: number;

  readonly #memory: KeyMemory;
  readonly #wrapsUnder: (() => Promise<NamedKey>) | undefined;

  /** @param wrapsUnder finds the key that wraps; without it, this one only unwraps */
  constructor(memory: KeyMemory, keepDataKeysMs: number, wrapsUnder?: () => Promise<NamedKey>) {
    this.#memory = memory;
    this.keepDataKeysMs = keepDataKeysMs;
    this.#wrapsUnder = wrapsUnder;
  }

  /** Whether `keyId` is of a subject. */
  owns(keyId: KeyId): boolean {
    return nameOfKeyId(keyId) !== undefined;
  }

  /**
   * @throws SubjectShreddedError where the subject's key was removed
   * @throws StoreError, KeyServiceError and others, as the store and the keyring of the application do
   */
  wrap(dataKey: Uint8Array, aad: Uint8Array, { signal }: KeyRequestOptions = {}): Promise<WrappedKey> {
    const wrapped = this.#wrap(dataKey, aad);
    return signal === undefined ? wrapped : endOnAbort(wrapped, signal);
  }

  async #wrap(dataKey: Uint8Array, aad: Uint8Array): Promise<WrappedKey> {
    if (this.#wrapsUnder === undefined) throw new KeyServiceError(this.id, 'denied');
    const { name, key } = await this.#wrapsUnder();
    const keyId = keyIdOfName(name);
    return { keyId, bytes: wrapForSubject(key, keyId, dataKey, aad) };
  }

  /**
   * @throws KeyServiceError `not-found` where the store never had the key, `rejected-ciphertext` when the
   *   wrapped key does not open
   * @throws SubjectShreddedError where the subject's key was removed
   */
  unwrap(wrapped: WrappedKey, aad: Uint8Array, { signal }: KeyRequestOptions = {}): Promise<Uint8Array> {
    const dataKey = this.#unwrap(wrapped, aad);
    return signal === undefined ? dataKey : endOnAbort(dataKey, signal);
  }

  async #unwrap(wrapped: WrappedKey, aad: Uint8Array): Promise<Uint8Array> {
    const name = nameOfKeyId(wrapped.keyId) ?? '';
    assertUnwrappable(wrapped, name !== '');
    const dataKey = unwrapForSubject(await this.#memory.keyToUnwrap(name), wrapped, aad);
    if (dataKey === undefined) throw new KeyServiceError(wrapped.keyId, 'rejected-ciphertext');
    return dataKey;
  }

  /** The ID only: never whose key it is. */
  toJSON(): { readonly id: KeyId } {
    return { id: this.id };
  }

  [inspect.custom](): string {
    return `SubjectKey ${inspect(this.toJSON())}`;
  }
}
