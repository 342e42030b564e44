import { createHash, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { DataKeyVault } from '@waxseal/core';
import type { Store } from '../store';

const SECRET_BYTES = 32;

/** How long a refusal of the key service is believed, such as that of a right that is missing. */
const REFUSED_MS = 10 * 60_000;

/** How often a secret that does not authenticate what it should is looked up again. */
const LOOK_AGAIN_MS = 30_000;

/** What fleet members authenticate shared keys with. */
export interface FleetSecret {
  /** @returns `undefined` where the fleet has none yet */
  find(): Promise<KeyObject | undefined>;
  /** The fleet's secret, which is made where there is none. */
  findOrMake(): Promise<KeyObject>;
  /** The fleet's secret, where it is another one by now than the one that is known. */
  findChanged(): Promise<KeyObject | undefined>;
}

/** A secret that the application has given. */
export function givenSecret(secret: KeyObject): FleetSecret {
  const find = (): Promise<KeyObject> => Promise.resolve(secret);
  return { find, findOrMake: find, findChanged: () => Promise.resolve(undefined) };
}

/**
 * A secret that is made once for a ring, and that the store keeps, wrapped by the keys that wrap the ring's
 * data keys, for this use and no other: who can write to the store, and has a data key with its wrapped form,
 * cannot put a secret of his own in its place.
 */
export class StoredFleetSecret implements FleetSecret {
  readonly #store: Store;
  readonly #vault: DataKeyVault;
  readonly #name: string;
  readonly #now: () => number;
  #known: { readonly bytes: Buffer; readonly secret: KeyObject } | undefined;
  #lookAgainAtMs = -Infinity;
  #underWay: Promise<KeyObject | undefined> | undefined;
  #refusal: { readonly error: unknown; readonly untilMs: number } | undefined;

  /** @param now a clock that never goes back */
  constructor(store: Store, vault: DataKeyVault, ring: string, now: () => number) {
    this.#store = store;
    this.#vault = vault;
    this.#now = now;
    this.#name = createHash('sha256').update(`waxseal/v1/fleet-secret\0${ring}`, 'ascii').digest('hex');
  }

  async find(): Promise<KeyObject | undefined> {
    return this.#known?.secret ?? this.#load();
  }

  async findOrMake(): Promise<KeyObject> {
    const found = await this.find();
    if (found !== undefined) return found;
    const secret = randomBytes(SECRET_BYTES);
    let bytes: Uint8Array;
    let made: KeyObject;
    try {
      made = createSecretKey(secret);
      bytes = await this.#ask(() => this.#vault.protect(secret));
    } finally {
      secret.fill(0);
    }
    const { bytes: kept } = await this.#store.keys.create('data-key-exchange', this.#name, bytes);
    if (kept === undefined) throw removed();
    if (Buffer.from(kept).equals(bytes)) {
      this.#known = { bytes: Buffer.from(kept), secret: made };
      return made;
    }
    const theirs = await this.#load();
    if (theirs === undefined) throw removed();
    return theirs;
  }

  async findChanged(): Promise<KeyObject | undefined> {
    if (this.#known === undefined || this.#now() < this.#lookAgainAtMs) return undefined;
    this.#lookAgainAtMs = this.#now() + LOOK_AGAIN_MS;
    const before = this.#known.secret;
    const found = await this.#load();
    return found === before ? undefined : found;
  }

  /** Asks the key service, unless it has refused lately: each member asks again and again. */
  async #ask(work: () => Promise<Uint8Array>): Promise<Uint8Array> {
    if (this.#refusal !== undefined && this.#now() < this.#refusal.untilMs) throw this.#refusal.error;
    try {
      return await work();
    } catch (error) {
      if (isFinal(error)) this.#refusal = { error, untilMs: this.#now() + REFUSED_MS };
      throw error;
    }
  }

  /** One look at a time, for however many wait. */
  #load(): Promise<KeyObject | undefined> {
    this.#underWay ??= this.#read().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #read(): Promise<KeyObject | undefined> {
    const record = await this.#store.keys.get('data-key-exchange', this.#name);
    if (record === undefined) return undefined;
    if (record.bytes === undefined) throw removed();
    const bytes = Buffer.from(record.bytes);
    if (this.#known?.bytes.equals(bytes) === true) return this.#known.secret;
    const sealed = record.bytes;
    const revealed = await this.#ask(() => this.#vault.reveal(sealed));
    const secret = createSecretKey(revealed);
    revealed.fill(0);
    this.#known = { bytes, secret };
    return secret;
  }
}

function isFinal(error: unknown): boolean {
  return (error as { readonly retryable?: unknown } | undefined)?.retryable === false;
}

function removed(): Error {
  return new Error("The fleet's secret was removed from the store: data keys are not shared any more.");
}
