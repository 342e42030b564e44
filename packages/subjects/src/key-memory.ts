import type { KeyObject } from 'node:crypto';
import { type KeyId, KeyServiceError } from '@waxseal/core/provider';
import { rethrowCopy, STEADY_CLOCK } from '@waxseal/core/internal';
import type { KeyRecord } from '@waxseal/store';
import { LRUCache } from 'lru-cache';
import type { SealedKeys } from './sealed-keys';
import { SubjectShreddedError } from './subject-error';
import { keyIdOfName, nameOfSubject } from './subject-name';

/** Name of the record of the key that subjects are named by. It is no name that a subject can have. */
const NAMING = 'naming-key';

/** What a {@link KeyMemory} keeps at most. */
export interface KeyMemoryLimits {
  /** Subjects whose keys are kept. */
  readonly maxSubjects: number;
  /** How long, counted from before the store was asked. */
  readonly keepMs: number;
}

/** A subject's key, or when it was removed. */
type Known = KeyObject | Date;

/**
 * Keys of subjects, for a short while in memory; and the key that they are named by, for as long as the
 * process lives. Callers that want the same key share one request.
 */
export class KeyMemory {
  readonly #sealed: SealedKeys;
  readonly #known: LRUCache<string, Promise<Known>>;
  #naming: Promise<KeyObject> | undefined;

  constructor(sealed: SealedKeys, { maxSubjects, keepMs }: KeyMemoryLimits) {
    this.#sealed = sealed;
    this.#known = new LRUCache({
      max: maxSubjects,
      ttl: keepMs,
      // A key leaves memory even if nobody asks for it again.
      ttlAutopurge: true,
      // Time that the machine slept counts.
      perf: STEADY_CLOCK,
    });
  }

  /** The name of a subject. @throws StoreError, KeyServiceError and others, as store and codec do */
  async nameOf(subject: string): Promise<string> {
    return nameOfSubject(await this.warmUp(), subject);
  }

  /** The key that subjects are named by. @throws as {@link nameOf} */
  warmUp(): Promise<KeyObject> {
    if (this.#naming === undefined) {
      const naming = this.#loadNaming();
      this.#naming = naming;
      naming.catch(() => {
        if (this.#naming === naming) this.#naming = undefined;
      });
    }
    return this.#naming.catch(rethrowCopy);
  }

  /**
   * The key of a name, which is made where there never was one.
   *
   * @throws SubjectShreddedError where it was removed
   * @throws StoreError, KeyServiceError and others, as store and codec do
   */
  async keyToWrap(name: string): Promise<KeyObject> {
    const read = (): Promise<KeyRecord> => this.#sealed.findOrCreate(name, 'binary/subject-key');
    try {
      return await this.#keyOf(name, read);
    } catch (error) {
      // Somebody has looked for it at the same time, to unwrap, and found none.
      if (!(error instanceof KeyServiceError) || error.keyId !== keyIdOfName(name)) throw error;
      return this.#keyOf(name, read);
    }
  }

  /**
   * The key of a name that a payload gives: it is looked for, and never made.
   *
   * @throws KeyServiceError `not-found` where the store never had it; else as {@link keyToWrap}
   */
  keyToUnwrap(name: string): Promise<KeyObject> {
    return this.#keyOf(name, () => this.#sealed.find(name));
  }

  /** Seals the key that subjects are named by anew. @returns as `SealedKeys.reseal` */
  async resealNaming(): Promise<boolean> {
    const { bytes } = await this.#sealed.findOrCreate(NAMING, 'binary/subject-naming-key');
    return bytes !== undefined && this.#sealed.reseal(NAMING, 'binary/subject-naming-key', bytes);
  }

  /** Forgets what is in memory of a subject. */
  forget(name: string): void {
    this.#known.delete(name);
  }

  /** Forgets all keys. */
  clear(): void {
    this.#known.clear();
    this.#naming = undefined;
  }

  async #keyOf(name: string, read: () => Promise<KeyRecord | undefined>): Promise<KeyObject> {
    let known = this.#known.get(name);
    if (known === undefined) {
      const loaded = this.#load(name, read);
      known = loaded;
      this.#known.set(name, loaded, { start: STEADY_CLOCK.now() });
      loaded.catch(() => {
        if (this.#known.peek(name) === loaded) this.#known.delete(name);
      });
    }
    const key = await known.catch(rethrowCopy);
    if (key instanceof Date) throw new SubjectShreddedError(keyIdOfName(name), key);
    return key;
  }

  async #load(name: string, read: () => Promise<KeyRecord | undefined>): Promise<Known> {
    const record = await read();
    if (record === undefined) throw notThere(keyIdOfName(name));
    if (record.bytes === undefined) return new Date(record.removedAtMs ?? 0);
    return this.#sealed.open(name, 'binary/subject-key', record.bytes);
  }

  async #loadNaming(): Promise<KeyObject> {
    const { bytes } = await this.#sealed.findOrCreate(NAMING, 'binary/subject-naming-key');
    if (bytes === undefined) throw notThere(NAMING);
    return this.#sealed.open(NAMING, 'binary/subject-naming-key', bytes);
  }
}

function notThere(keyId: KeyId): KeyServiceError {
  const because = 'The store has no key of that name: is it the store that the payload was encrypted with?';
  return new KeyServiceError(keyId, 'not-found', { because });
}
