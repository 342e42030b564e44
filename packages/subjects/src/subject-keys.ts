import { inspect } from 'node:util';
import { EnvelopeCodec, Keyring, type KeyId, type KeyringContext, type KeyringSelector } from '@waxseal/core';
import type { KeyRecord } from '@waxseal/store';
import { LRUCache } from 'lru-cache';
import { KeyMemory } from './key-memory';
import { SealedKeys } from './sealed-keys';
import { SubjectKey } from './subject-key';
import {
  subjectKeysSettings,
  type SubjectKeysOptions,
  type SubjectKeysSettings,
} from './subject-keys-options';
import { checkSubjectId, isSubjectName, keyIdOfName, nameOfKeyId } from './subject-name';

/** Records in one request. */
const PAGE = 1_000;

/** By what a keyring function names the keys of subjects behind it. */
const SUBJECT_KEYS: unique symbol = Symbol.for('@waxseal/subjects/SubjectKeys');

/** A subject, as the store knows it. */
export interface Subject {
  /** Key ID that its payloads name. It does not tell who it is. */
  readonly keyId: KeyId;
  readonly createdAt: Date;
  /** When its key was removed; `undefined` where it is there. */
  readonly shreddedAt: Date | undefined;
}

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

  readonly #settings: SubjectKeysSettings;
  readonly #codec: EnvelopeCodec;
  readonly #sealed: SealedKeys;
  readonly #memory: KeyMemory;
  readonly #keyrings: LRUCache<string, Keyring>;
  readonly #reader: Keyring;

  /** @throws ConfigurationError that names the option */
  constructor(options: SubjectKeysOptions) {
    this.#settings = subjectKeysSettings(options);
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

  /** The keys of the application, for payloads of no subject. */
  get base(): Keyring | KeyringSelector {
    return this.#settings.keyring;
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
      keyring = new Keyring({ primary: new SubjectKey(this.#memory, this.#halfMs, subject) });
      this.#keyrings.set(subject, keyring);
    }
    return keyring;
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

  /** All subjects that there are and were, in the order of their key IDs. */
  async *list(): AsyncGenerator<Subject> {
    for await (const record of this.#records()) yield subjectFrom(record);
  }

  async *#records(): AsyncGenerator<KeyRecord> {
    for (let after: string | undefined; ;) {
      const page = await this.#sealed.list(after, PAGE);
      for (const record of page) if (isSubjectName(record.name)) yield record;
      after = page.at(-1)?.name;
      if (after === undefined || page.length < PAGE) return;
    }
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
    for await (const { name, bytes } of this.#records()) {
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

function subjectFrom({ name, createdAtMs, removedAtMs }: KeyRecord): Subject {
  return {
    keyId: keyIdOfName(name),
    createdAt: new Date(createdAtMs),
    shreddedAt: removedAtMs === undefined ? undefined : new Date(removedAtMs),
  };
}
