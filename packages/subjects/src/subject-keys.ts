import { inspect } from 'node:util';
import {
  ConfigurationError,
  EnvelopeCodec,
  Keyring,
  type KeyId,
  type KeyringContext,
  type KeyringSelector,
} from '@waxseal/core';
import { LRUCache } from 'lru-cache';
import { KeyMemory } from './key-memory';
import { SealedKeys } from './sealed-keys';
import { type Subject, subjectFrom, subjectRecords } from './subject';
import { SubjectKey } from './subject-key';
import {
  subjectKeysSettings,
  type SubjectKeysOptions,
  type SubjectKeysSettings,
} from './subject-keys-options';
import { checkSubjectId, keyIdOfName, nameOfKeyId } from './subject-name';

/** By what a keyring function names the keys of subjects behind it. */
const SUBJECT_KEYS: unique symbol = Symbol.for('@waxseal/subjects/SubjectKeys');

/**
 * A key for each subject (a customer, a patient, a tenant), so that what is known of one can be forgotten:
 * once the key is removed, nothing that was encrypted under it opens any more, wherever it is kept.
 *
 * ```ts
 * const subjectOf = ({ workflowId }) => customerOf(workflowId);
 * const subjects = new SubjectKeys({ store, keyring, subjectOf });
 * new EnvelopePlugin({ keyring: subjects.keyring });
 * ```
 *
 * Keys are random, and kept in the store, sealed by the application's keyring. Nothing but them opens the
 * payloads of a subject (docs/subjects.md).
 */
export class SubjectKeys {
  /**
   * What an `EnvelopeCodec` and the plugin take as `keyring`: it chooses the key of a payload's subject, and
   * the application's keyring for payloads of nobody. On decode the payload's key ID says which.
   */
  readonly keyring: KeyringSelector;

  readonly #options: SubjectKeysOptions;
  readonly #settings: SubjectKeysSettings;
  readonly #codec: EnvelopeCodec;
  readonly #sealed: SealedKeys;
  readonly #memory: KeyMemory;
  readonly #keyrings: LRUCache<string, Keyring>;
  readonly #reader: Keyring;

  /** @throws ConfigurationError that names the option */
  constructor(options: SubjectKeysOptions) {
    this.#settings = subjectKeysSettings(options);
    this.#options = options;
    const { store, sealedBy, maxSubjects } = this.#settings;
    this.#codec = new EnvelopeCodec({ keyring: sealedBy, binding: 'none' });
    this.#sealed = new SealedKeys(store, this.#codec);
    this.#memory = new KeyMemory(this.#sealed, { maxSubjects, keepMs: this.#halfMs });
    this.#keyrings = new LRUCache({ max: maxSubjects });
    this.#reader = new Keyring({ decryptOnly: [new SubjectKey(this.#memory, this.#halfMs)] });
    const keyring: KeyringSelector = (context) => this.#select(context);
    this.keyring = Object.assign(keyring, { [SUBJECT_KEYS]: this });
  }

  /** The keys of subjects behind a keyring function; `undefined` where there are none. */
  static behind(keyring: Keyring | KeyringSelector): SubjectKeys | undefined {
    return (keyring as { readonly [SUBJECT_KEYS]?: SubjectKeys })[SUBJECT_KEYS];
  }

  get #halfMs(): number {
    return Math.max(1, Math.floor(this.#settings.forgetWithinMs / 2));
  }

  /**
   * In how many milliseconds every process that has these options has forgotten a subject which is shredded
   * now. Time for which a request to the store is under way comes on top of it.
   */
  get forgetWithinMs(): number {
    return this.#settings.forgetWithinMs;
  }

  #select(context: KeyringContext): Keyring {
    const { keyring, subjectOf } = this.#settings;
    const { namespace, workflowId, keyId } = context;
    if (keyId !== undefined && nameOfKeyId(keyId) !== undefined) return this.#reader;
    const subject =
      keyId === undefined ? (context.subject ?? subjectOf({ namespace, workflowId })) : undefined;
    if (subject !== undefined) return this.#keyringOf(checkSubjectId(subject));
    return keyring instanceof Keyring ? keyring : keyring(context);
  }

  #keyringOf(subject: string): Keyring {
    let keyring = this.#keyrings.get(subject);
    if (keyring === undefined) {
      keyring = this.#keyringUnder(async () => {
        const name = await this.#memory.nameOf(subject);
        return { name, key: await this.#memory.keyToWrap(name) };
      });
      this.#keyrings.set(subject, keyring);
    }
    return keyring;
  }

  #keyringUnder(find: ConstructorParameters<typeof SubjectKey>[2]): Keyring {
    return new Keyring({ primary: new SubjectKey(this.#memory, this.#halfMs, find) });
  }

  /**
   * A keyring that encrypts for the subject of a key ID, for as long as its key is there: it makes none.
   *
   * @throws ConfigurationError where the key ID is of no subject
   */
  keyringFor(keyId: KeyId): Keyring {
    const name = nameOfKeyId(keyId);
    if (name === undefined) throw new ConfigurationError('SubjectKeys: a key ID is of no subject.');
    return this.#keyringUnder(async () => ({ name, key: await this.#memory.keyToUnwrap(name) }));
  }

  /** The same with nothing in memory, as in a process that has just begun. */
  fresh(): SubjectKeys {
    return new SubjectKeys(this.#options);
  }

  /**
   * Makes sure that store and keyring answer, so that the first payload of a subject waits for less. Call it
   * before a worker polls.
   *
   * @throws StoreError and KeyServiceError as store and keyring do
   */
  async warmUp(): Promise<void> {
    await this.#memory.warmUp();
  }

  /**
   * The key ID that payloads of a subject name, whether or not there are any.
   *
   * @throws ConfigurationError where the ID of the subject is none
   * @throws StoreError and KeyServiceError as store and keyring do
   */
  async keyIdOf(subject: string): Promise<KeyId> {
    return keyIdOfName(await this.#memory.nameOf(checkSubjectId(subject)));
  }

  /**
   * What the store knows of a subject; `undefined` where it never had a key.
   *
   * @param keyId as {@link keyIdOf} gives it
   */
  async find(keyId: KeyId): Promise<Subject | undefined> {
    const name = nameOfKeyId(keyId);
    const record = name === undefined ? undefined : await this.#sealed.find(name);
    return record && subjectFrom(record);
  }

  /**
   * Forgets a subject: removes its key for good. No payload of it opens any more, in no process after
   * {@link forgetWithinMs}, and nothing new is encrypted for it. That it was there stays known.
   *
   * @param keyId as {@link keyIdOf} gives it
   * @returns what the store says of it now; `undefined` where there never was a key
   */
  async shred(keyId: KeyId): Promise<Subject | undefined> {
    const name = nameOfKeyId(keyId);
    if (name === undefined) return undefined;
    const record = await this.#sealed.remove(name);
    this.#memory.forget(name);
    return record && subjectFrom(record);
  }

  /**
   * Seals the keys of all subjects anew under the keys that seal today, so that an old one can be retired.
   * The keys stay the same, and so do payloads.
   *
   * @returns how many were, and how many somebody else has changed meanwhile
   * @throws what opening and sealing throw, at the first key that cannot be
   */
  async reseal(): Promise<{ readonly resealed: number; readonly changed: number }> {
    let [resealed, changed] = [0, 0];
    const reseal = async (isDone: Promise<boolean> | undefined): Promise<void> => {
      if (isDone === undefined) return;
      if (await isDone) resealed += 1;
      else changed += 1;
    };
    await reseal(this.#memory.resealNaming());
    for await (const { name, bytes } of subjectRecords(this.#settings.store)) {
      await reseal(bytes && this.#sealed.reseal(name, 'binary/subject-key', bytes));
    }
    return { resealed, changed };
  }

  /** Forgets all keys in memory. Call it after the codecs that use them are closed. */
  close(): void {
    this.#codec.close();
    this.#memory.clear();
    this.#keyrings.clear();
  }

  /** Key IDs and settings only. */
  toJSON(): object {
    const { store, sealedBy, forgetWithinMs, maxSubjects } = this.#settings;
    return { store: store.kind, sealedBy: sealedBy.toJSON(), forgetWithinMs, maxSubjects };
  }

  [inspect.custom](): string {
    return `SubjectKeys ${inspect(this.toJSON())}`;
  }
}
