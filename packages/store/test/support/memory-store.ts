import type {
  KeyRecord,
  SharedKeyClaim,
  SharedKeyPart,
  SharedKeyRecord,
  SharedKeyState,
  Store,
} from '@waxseal/store';

interface MemoryRow {
  sequence: number;
  claimant: string;
  record: Uint8Array | undefined;
  madeAtMs: number;
  ageMs: number;
  taken: SharedKeyPart;
}

/** What a store has of shared keys, in memory, with a clock that a test sets and rows that it may change. */
export class MemoryStore {
  readonly kind = 'memory';
  /** The store's clock. */
  nowMs = 1_000_000_000;
  /** What every request rejects with, while it is set. */
  failure: Error | undefined;
  readonly rows: MemoryRow[] = [];
  readonly secrets = new Map<string, Uint8Array>();

  readonly keys = {
    get: async (_kind: string, name: string): Promise<KeyRecord | undefined> => {
      await this.#answer();
      const bytes = this.secrets.get(name);
      return bytes && { name, bytes, createdAtMs: 0, removedAtMs: undefined };
    },
    create: async (_kind: string, name: string, bytes: Uint8Array): Promise<KeyRecord> => {
      await this.#answer();
      if (!this.secrets.has(name)) this.secrets.set(name, bytes);
      return { name, bytes: this.secrets.get(name), createdAtMs: 0, removedAtMs: undefined };
    },
  };

  readonly sharedKeys = {
    find: async (): Promise<SharedKeyState> => {
      await this.#answer();
      const [newest] = this.#sorted();
      const key = this.#sorted().find(({ record }) => record !== undefined);
      return {
        key: key && {
          sequence: key.sequence,
          record: key.record ?? new Uint8Array(),
          taken: key.taken,
          ageMs: Math.max(0, key.ageMs, this.nowMs - key.madeAtMs),
        },
        claim: newest === key ? undefined : newest,
      };
    },
    take: async (
      _ring: string,
      sequence: number,
      part: SharedKeyPart,
      most: SharedKeyPart,
      ageMs: number,
    ): Promise<Omit<SharedKeyRecord, 'record'> | undefined> => {
      await this.#answer();
      const row = this.rows.find((each) => each.sequence === sequence && each.record !== undefined);
      if (row === undefined) return undefined;
      const taken = { messages: row.taken.messages + part.messages, bytes: row.taken.bytes + part.bytes };
      if (taken.messages > most.messages || taken.bytes > most.bytes) return undefined;
      row.taken = taken;
      row.ageMs = Math.max(row.ageMs, this.nowMs - row.madeAtMs, ageMs);
      return { sequence, taken, ageMs: row.ageMs };
    },
    claim: async (_ring: string, claim: SharedKeyClaim, instead: string | undefined): Promise<boolean> => {
      await this.#answer();
      const { sequence, claimant } = claim;
      const row = this.rows.find((each) => each.sequence === sequence);
      if (instead === undefined && row === undefined) {
        const taken = { messages: 0, bytes: 0 };
        this.rows.push({ sequence, claimant, record: undefined, madeAtMs: 0, ageMs: 0, taken });
        return true;
      }
      if (row === undefined || row.record !== undefined || row.claimant !== instead) return false;
      row.claimant = claimant;
      return true;
    },
    publish: async (
      _ring: string,
      claim: SharedKeyClaim,
      key: Omit<SharedKeyRecord, 'sequence'>,
    ): Promise<boolean> => {
      await this.#answer();
      const row = this.rows.find(
        ({ sequence, claimant }) => sequence === claim.sequence && claimant === claim.claimant,
      );
      if (row === undefined || row.record !== undefined) return false;
      Object.assign(row, { ...key, madeAtMs: this.nowMs - key.ageMs });
      return true;
    },
    release: async (_ring: string, { sequence, claimant }: SharedKeyClaim): Promise<void> => {
      await this.#answer();
      const at = this.rows.findIndex((row) => row.sequence === sequence && row.claimant === claimant);
      if (at >= 0 && this.rows[at]?.record === undefined) this.rows.splice(at, 1);
    },
  };

  /** As those take it who use shared keys only. */
  get store(): Store {
    return this as unknown as Store;
  }

  /** The newest key. */
  get newest(): MemoryRow {
    const row = this.#sorted().find(({ record }) => record !== undefined);
    if (row === undefined) throw new Error('There is no key.');
    return row;
  }

  #sorted(): MemoryRow[] {
    return this.rows.toSorted((a, b) => b.sequence - a.sequence);
  }

  async #answer(): Promise<void> {
    await Promise.resolve();
    if (this.failure !== undefined) throw this.failure;
  }
}
