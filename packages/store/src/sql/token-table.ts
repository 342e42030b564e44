import { ConfigurationError } from '@waxseal/core';
import {
  type FoundTokens,
  MAX_RECORD_BYTES,
  type StoreRequestOptions,
  type TokenRecord,
  type TokenRecords,
} from '../store';
import { bytesOf, inTransaction, type Query } from './database';
import { SharedStatements } from './shared-statements';
import type { SqlStoreSettings } from './store-options';
import type { StoreRequests } from './store-requests';
import { STATEMENT_BYTES, TokenUpkeep } from './token-upkeep';

/** Records in one statement at most. */
const STATEMENT_RECORDS = 500;

/** Tokens in one statement at most. */
const STATEMENT_TOKENS = 5_000;

/** What a caller asks for at most in a statement that it shares with others. */
const SHARED_TOKENS = 64;
const SHARED_BYTES = 256 * 1024;

/** Options of a request that is shared: when the last of those who wait has given up. */
interface InTime extends StoreRequestOptions {
  readonly endsAtMs?: number;
}

/** {@link TokenRecords} in a table. */
export class TokenTable extends TokenUpkeep implements TokenRecords {
  readonly #reads: SharedStatements<string, FoundTokens>;
  readonly #writes: SharedStatements<TokenRecord, void>;
  readonly #handedOut = new WeakSet<Uint8Array>();

  constructor(requests: StoreRequests, settings: SqlStoreSettings) {
    super(requests, settings.schema);
    this.#reads = new SharedStatements(settings, (tokens, endsAtMs) =>
      this.#get([...new Set(tokens)], { endsAtMs }),
    );
    this.#writes = new SharedStatements(settings, (records, endsAtMs) =>
      this.#put(distinctOf(records), { endsAtMs }),
    );
  }

  async put(records: readonly TokenRecord[], options?: StoreRequestOptions): Promise<void> {
    for (const record of records) {
      if (record.bytes.length > MAX_RECORD_BYTES) {
        throw new ConfigurationError(
          `A payload has ${String(record.bytes.length)} bytes once it is sealed, and a store takes ${String(MAX_RECORD_BYTES)}. Split it.`,
        );
      }
    }
    const distinct = distinctOf(records);
    if (distinct.length === 0) return;
    const bytes = bytesIn(distinct);
    if (distinct.length <= SHARED_TOKENS && bytes <= SHARED_BYTES) {
      await this.#writes.run(distinct, bytes, options);
    } else await this.#put(distinct, options);
  }

  async #put(records: readonly TokenRecord[], options: InTime = {}): Promise<void> {
    // In one order for all, so that two writers of the same tokens do not wait for each other.
    const sorted = [...records].sort((a, b) => (a.token < b.token ? -1 : 1));
    const parts = partsOf(sorted);
    await this.requests.run(
      {
        operation: 'tokens.put',
        heldBytes: bytesIn(sorted),
        ...(options.endsAtMs !== undefined && { endsAtMs: options.endsAtMs }),
        work: (query) => this.#putAll(query, parts),
      },
      options,
    );
  }

  async #putAll(query: Query, parts: readonly (readonly TokenRecord[])[]): Promise<void> {
    const [only, ...others] = parts;
    if (only !== undefined && others.length === 0) return this.#putPart(query, only);
    await inTransaction(query, async () => {
      for (const part of parts) await this.#putPart(query, part);
    });
  }

  async #putPart(query: Query, part: readonly TokenRecord[]): Promise<void> {
    const rows = part.map((_, index) => {
      const first = index * 3;
      return `($${String(first + 1)}::uuid, $${String(first + 2)}::bytea, $${String(first + 3)}::bytea)`;
    });
    // What is there is written too, with nothing changed but its age: a database acknowledges a write only
    // once its quorum has it, and with it all that was written before. Of what is merely found there, it says
    // nothing.
    await query(
      `INSERT INTO ${this.schema}.token AS kept (token, scope, record, put_during)
       SELECT new.token, new.scope, new.record,
         (SELECT value FROM ${this.schema}.counter WHERE name = 'collection')
       FROM (VALUES ${rows.join(', ')}) AS new (token, scope, record)
       ON CONFLICT (token) DO UPDATE SET put_during = GREATEST(kept.put_during, excluded.put_during), marked_by = NULL`,
      part.flatMap(({ token, scope, bytes }) => [token, scope, bytes]),
    );
  }

  async get(tokens: readonly string[], options?: StoreRequestOptions): Promise<FoundTokens> {
    const distinct = [...new Set(tokens)];
    if (distinct.length === 0 || distinct.length > SHARED_TOKENS) return this.#get(distinct, options);
    const answer = await this.#reads.run(distinct, 0, options);
    const isLeft = new Set(answer.left);
    const left = distinct.filter((token) => isLeft.has(token));
    // The records of others have taken all the room.
    if (left.length === distinct.length) return this.#get(distinct, options);
    const records = new Map<string, Uint8Array>();
    for (const token of distinct) {
      const record = answer.records.get(token);
      if (record !== undefined) records.set(token, this.#ownOf(record));
    }
    return { records, left };
  }

  /** A buffer of the caller's own: of callers who ask for one token together, each gets another. */
  #ownOf(record: Uint8Array): Uint8Array {
    if (this.#handedOut.has(record)) return new Uint8Array(record);
    this.#handedOut.add(record);
    return record;
  }

  async #get(distinct: readonly string[], options: InTime = {}): Promise<FoundTokens> {
    const asked = distinct.slice(0, STATEMENT_TOKENS);
    const left = distinct.slice(STATEMENT_TOKENS);
    const records = new Map<string, Uint8Array>();
    if (asked.length === 0) return { records, left };
    const rows = await this.requests.run(
      {
        operation: 'tokens.get',
        ...(options.endsAtMs !== undefined && { endsAtMs: options.endsAtMs }),
        work: (query) => this.#select(query, asked),
      },
      options,
    );
    const marked: string[] = [];
    for (const { token, record, marked_by: markedBy } of rows) {
      const name = String(token);
      if (record === null) left.push(name);
      else records.set(name, bytesOf(record));
      if (markedBy !== null) marked.push(name);
    }
    if (marked.length > 0) await this.#unmark(marked, options);
    return { records, left };
  }

  #select(query: Query, tokens: readonly string[]): ReturnType<Query> {
    const table = `${this.schema}.token`;
    const [only, ...others] = tokens;
    if (others.length === 0) {
      return query(`SELECT token, record, marked_by FROM ${table} WHERE token = $1`, [only]);
    }
    // The length of a large value is known without reading it.
    return query(
      `SELECT token, marked_by,
         CASE WHEN total <= $2 OR total = size THEN record END AS record
       FROM (
         SELECT token, marked_by, record, octet_length(record) AS size,
           sum(octet_length(record)) OVER (ORDER BY token) AS total
         FROM ${table} WHERE token = ANY($1::uuid[])
       ) AS sized`,
      [tokens, STATEMENT_BYTES],
    );
  }

  /** Best effort: who may only read cannot say that a record is needed, and a collection asks Temporal. */
  async #unmark(marked: readonly string[], options: StoreRequestOptions | undefined): Promise<void> {
    const sql = `UPDATE ${this.schema}.token SET marked_by = NULL
      WHERE token = ANY($1::uuid[]) AND marked_by IS NOT NULL`;
    await this.requests.ask('tokens.unmark', sql, [marked], options).catch(() => undefined);
  }
}

/** The first record of each token. */
function distinctOf(records: readonly TokenRecord[]): TokenRecord[] {
  const distinct = new Map<string, TokenRecord>();
  for (const record of records) {
    if (!distinct.has(record.token)) distinct.set(record.token, record);
  }
  return [...distinct.values()];
}

function bytesIn(records: readonly TokenRecord[]): number {
  return records.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

/** What goes into one statement each. */
function partsOf(records: readonly TokenRecord[]): TokenRecord[][] {
  const parts: TokenRecord[][] = [];
  let part: TokenRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    if (
      part.length === STATEMENT_RECORDS ||
      (part.length > 0 && bytes + record.bytes.length > STATEMENT_BYTES)
    ) {
      parts.push(part);
      part = [];
      bytes = 0;
    }
    part.push(record);
    bytes += record.bytes.length;
  }
  parts.push(part);
  return parts;
}
