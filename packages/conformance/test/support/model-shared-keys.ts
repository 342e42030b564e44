import type {
  SharedKeyClaim,
  SharedKeyPart,
  SharedKeyRecord,
  SharedKeyRecords,
  SharedKeyRequestOptions,
  SharedKeyState,
} from '@waxseal/store';
import type { KeptSharedKey, ModelDatabase } from './model-database';
import type { ModelLink } from './model-store';

const KEPT = 4;

/** The model's shared keys. */
export class ModelSharedKeys implements SharedKeyRecords {
  readonly #link: ModelLink;

  constructor(link: ModelLink) {
    this.#link = link;
  }

  find(ring: string, options?: SharedKeyRequestOptions): Promise<SharedKeyState> {
    return this.#link.ask(options, 'read', (database) => {
      const rows = rowsOf(database, ring).sort((a, b) => b.sequence - a.sequence);
      const key = rows.find(({ record }) => record !== undefined);
      const [claim] = rows;
      return {
        key: key && {
          sequence: key.sequence,
          record: new Uint8Array(key.record ?? []),
          taken: key.taken,
          ageMs: this.ageOf(key),
        },
        claim: claim === undefined || claim === key ? undefined : claim,
      };
    });
  }

  take(
    ring: string,
    sequence: number,
    part: SharedKeyPart,
    most: SharedKeyPart,
    ageMs: number,
    options?: SharedKeyRequestOptions,
  ): Promise<Omit<SharedKeyRecord, 'record'> | undefined> {
    return this.#link.ask(options, 'write', (database) => {
      const row = rowsOf(database, ring).find((each) => each.sequence === sequence);
      if (row?.record === undefined) return undefined;
      const messages = row.taken.messages + part.messages;
      const bytes = row.taken.bytes + part.bytes;
      if (!this.fits({ messages, bytes }, most)) return undefined;
      row.taken = { messages, bytes };
      row.ageMs = Math.max(this.ageOf(row), ageMs);
      return { sequence, taken: row.taken, ageMs: row.ageMs };
    });
  }

  claim(
    ring: string,
    { sequence, claimant }: SharedKeyClaim,
    instead: string | undefined,
    options?: SharedKeyRequestOptions,
  ): Promise<boolean> {
    return this.#link.ask(options, 'write', (database) => {
      const row = rowsOf(database, ring).find((each) => each.sequence === sequence);
      if (row === undefined) {
        if (instead !== undefined) return false;
        const taken = { messages: 0, bytes: 0 };
        database.sharedKeys.push({
          ring,
          sequence,
          claimant,
          record: undefined,
          madeAtMs: 0,
          ageMs: 0,
          taken,
        });
        return true;
      }
      if (row.record !== undefined || ![claimant, instead].includes(row.claimant)) return false;
      row.claimant = claimant;
      return true;
    });
  }

  publish(
    ring: string,
    { sequence, claimant }: SharedKeyClaim,
    { record, taken, ageMs }: Omit<SharedKeyRecord, 'sequence'>,
    options?: SharedKeyRequestOptions,
  ): Promise<boolean> {
    return this.#link.ask(options, 'write', (database) => {
      const row = rowsOf(database, ring).find((each) => each.sequence === sequence);
      if (row?.claimant !== claimant) return false;
      if (row.record !== undefined) return Buffer.from(row.record).equals(record);
      Object.assign(row, { record: record.slice(), taken, ageMs, madeAtMs: Date.now() - ageMs });
      this.forget(database, ring, sequence - KEPT);
      return true;
    });
  }

  release(
    ring: string,
    { sequence, claimant }: SharedKeyClaim,
    options?: SharedKeyRequestOptions,
  ): Promise<void> {
    return this.#link.ask(options, 'write', (database) => {
      const isIt = (row: KeptSharedKey): boolean =>
        row.ring === ring &&
        row.sequence === sequence &&
        row.claimant === claimant &&
        row.record === undefined;
      remove(database, isIt);
    });
  }

  protected fits(taken: SharedKeyPart, most: SharedKeyPart): boolean {
    return taken.messages <= most.messages && taken.bytes <= most.bytes;
  }

  protected ageOf(row: KeptSharedKey): number {
    return Math.max(0, row.ageMs, Date.now() - row.madeAtMs);
  }

  protected forget(database: ModelDatabase, ring: string, before: number): void {
    remove(database, (row) => row.ring === ring && row.sequence < before);
  }
}

function rowsOf(database: ModelDatabase, ring: string): KeptSharedKey[] {
  return database.sharedKeys.filter((row) => row.ring === ring);
}

function remove(database: ModelDatabase, isIt: (row: KeptSharedKey) => boolean): void {
  const kept = database.sharedKeys.filter((row) => !isIt(row));
  database.sharedKeys.splice(0, database.sharedKeys.length, ...kept);
}
