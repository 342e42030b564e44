import { ConfigurationError } from '@waxseal/core';
import {
  MAX_SHARED_KEY_BYTES,
  type SharedKeyClaim,
  type SharedKeyPart,
  type SharedKeyRecord,
  type SharedKeyRecords,
  type SharedKeyState,
} from '../shared-key-records';
import type { StoreRequestOptions } from '../store';
import { bytesOf, numberOf, type Query, type Row } from './database';
import type { StoreRequests } from './store-requests';

/** Keys of a ring that are kept beside the newest. */
const KEPT = 4;

/** What the database's clock shows, which may be set back. */
const SHOWN_MS = 'CAST(extract(epoch FROM clock_timestamp() - made_at) * 1000 AS bigint)';

/** {@link SharedKeyRecords} in a table. */
export class SharedKeyTable implements SharedKeyRecords {
  readonly #requests: StoreRequests;
  readonly #table: string;

  constructor(requests: StoreRequests, schema: string) {
    this.#requests = requests;
    this.#table = `${schema}.shared_key`;
  }

  async find(ring: string, options?: StoreRequestOptions): Promise<SharedKeyState> {
    const rows = await this.#requests.ask(
      'sharedKeys.find',
      `SELECT sequence, claimant, record, messages, bytes, GREATEST(age_ms, ${SHOWN_MS}) AS age
       FROM ${this.#table} WHERE ring = $1 ORDER BY sequence DESC LIMIT ${String(KEPT)}`,
      [ring],
      options,
    );
    const key = rows.find(({ record }) => record !== null);
    const claim = rows[0] === key ? undefined : rows[0];
    return {
      key: key && { ...takenOf(key), record: bytesOf(key['record']) },
      claim: claim && { sequence: numberOf(claim['sequence']), claimant: String(claim['claimant']) },
    };
  }

  async take(
    ring: string,
    sequence: number,
    part: SharedKeyPart,
    most: SharedKeyPart,
    ageMs: number,
    options?: StoreRequestOptions,
  ): Promise<Omit<SharedKeyRecord, 'record'> | undefined> {
    const [row] = await this.#requests.ask(
      'sharedKeys.take',
      `UPDATE ${this.#table}
       SET messages = messages + $3, bytes = bytes + $4, age_ms = GREATEST(age_ms, ${SHOWN_MS}, $7)
       WHERE ring = $1 AND sequence = $2 AND record IS NOT NULL AND messages + $3 <= $5 AND bytes + $4 <= $6
       RETURNING sequence, messages, bytes, age_ms AS age`,
      [ring, sequence, part.messages, part.bytes, most.messages, most.bytes, Math.round(ageMs)],
      options,
    );
    return row && takenOf(row);
  }

  async claim(
    ring: string,
    { sequence, claimant }: SharedKeyClaim,
    instead: string | undefined,
    options?: StoreRequestOptions,
  ): Promise<boolean> {
    if (instead !== undefined) {
      const taken = await this.#requests.ask(
        'sharedKeys.claim',
        `UPDATE ${this.#table} SET claimant = $3
         WHERE ring = $1 AND sequence = $2 AND record IS NULL AND claimant IN ($3, $4) RETURNING claimant`,
        [ring, sequence, claimant, instead],
        options,
      );
      return taken.length > 0;
    }
    // An attempt that is repeated finds its own claim, and writes it once more.
    const made = await this.#requests.ask(
      'sharedKeys.claim',
      `INSERT INTO ${this.#table} AS kept (ring, sequence, claimant) VALUES ($1, $2, $3)
       ON CONFLICT (ring, sequence) DO UPDATE SET claimant = kept.claimant
       WHERE kept.claimant = $3 AND kept.record IS NULL RETURNING claimant`,
      [ring, sequence, claimant],
      options,
    );
    return made.length > 0;
  }

  async publish(
    ring: string,
    { sequence, claimant }: SharedKeyClaim,
    key: Omit<SharedKeyRecord, 'sequence'>,
    options?: StoreRequestOptions,
  ): Promise<boolean> {
    const { record, taken, ageMs } = key;
    if (record.length > MAX_SHARED_KEY_BYTES) {
      throw new ConfigurationError(
        `A shared data key has ${String(record.length)} bytes, and a store takes ${String(MAX_SHARED_KEY_BYTES)}. Wrap it by fewer keys.`,
      );
    }
    // What an attempt before has published stays as it is: others may have taken parts of it.
    const sql = `UPDATE ${this.#table} SET record = $4,
         made_at = CASE WHEN record IS NULL THEN clock_timestamp() - $5 * interval '1 millisecond' ELSE made_at END,
         age_ms = CASE WHEN record IS NULL THEN CAST($5 AS bigint) ELSE age_ms END,
         messages = CASE WHEN record IS NULL THEN $6 ELSE messages END,
         bytes = CASE WHEN record IS NULL THEN $7 ELSE bytes END
       WHERE ring = $1 AND sequence = $2 AND claimant = $3 AND (record IS NULL OR record = $4)
       RETURNING sequence`;
    const values = [ring, sequence, claimant, record, Math.round(ageMs), taken.messages, taken.bytes];
    const work = async (query: Query): Promise<boolean> => {
      if ((await query(sql, values)).length === 0) return false;
      await query(`DELETE FROM ${this.#table} WHERE ring = $1 AND sequence < $2`, [ring, sequence - KEPT]);
      return true;
    };
    return this.#requests.run({ operation: 'sharedKeys.publish', work }, options);
  }

  async release(
    ring: string,
    { sequence, claimant }: SharedKeyClaim,
    options?: StoreRequestOptions,
  ): Promise<void> {
    await this.#requests.ask(
      'sharedKeys.release',
      `DELETE FROM ${this.#table} WHERE ring = $1 AND sequence = $2 AND claimant = $3 AND record IS NULL`,
      [ring, sequence, claimant],
      options,
    );
  }
}

function takenOf({ sequence, messages, bytes, age }: Row): Omit<SharedKeyRecord, 'record'> {
  return {
    sequence: numberOf(sequence),
    taken: { messages: numberOf(messages), bytes: numberOf(bytes) },
    ageMs: Math.max(0, numberOf(age)),
  };
}
