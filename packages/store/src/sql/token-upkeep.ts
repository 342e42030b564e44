import type { CollectableToken, StoreRequestOptions, TokenStats } from '../store';
import { StoreError } from '../store-error';
import { bytesOf, numberOf, type Query, type Row } from './database';
import type { StoreRequests } from './store-requests';

/** Bytes of records in one statement or one answer at most, but for one record that is larger. */
export const STATEMENT_BYTES = 16 * 1024 * 1024;

/** Longest time to count. */
const COUNT_MS = 10 * 60_000;

/** What is done with tokens beside their use: collections, sealing anew, counting. */
export abstract class TokenUpkeep {
  protected readonly requests: StoreRequests;
  protected readonly schema: string;

  protected constructor(requests: StoreRequests, schema: string) {
    this.requests = requests;
    this.schema = schema;
  }

  async beginCollection(options?: StoreRequestOptions): Promise<number> {
    const [row] = await this.requests.ask(
      'tokens.beginCollection',
      `UPDATE ${this.schema}.counter SET value = value + 1 WHERE name = 'collection' RETURNING value`,
      [],
      options,
    );
    return collectionOf(row);
  }

  async lastCollection(options?: StoreRequestOptions): Promise<number> {
    const [row] = await this.requests.ask(
      'tokens.lastCollection',
      `SELECT value FROM ${this.schema}.counter WHERE name = 'collection'`,
      [],
      options,
    );
    return collectionOf(row);
  }

  async listBefore(
    collection: number,
    scope: Uint8Array,
    after: string | undefined,
    limit: number,
    options?: StoreRequestOptions,
  ): Promise<readonly CollectableToken[]> {
    const rows = await this.requests.ask(
      'tokens.listBefore',
      `SELECT token, octet_length(record) AS size, marked_by FROM ${this.schema}.token
       WHERE scope = $1 AND put_during < $2 AND ($3::uuid IS NULL OR token > $3::uuid)
       ORDER BY token LIMIT $4`,
      [scope, collection, after ?? null, limit],
      options,
      COUNT_MS,
    );
    return rows.map(({ token, size, marked_by: markedBy }) => ({
      token: String(token),
      sizeBytes: numberOf(size),
      markedBy: markedBy === null ? undefined : numberOf(markedBy),
    }));
  }

  async mark(
    collection: number,
    { unneeded, needed }: { readonly unneeded: readonly string[]; readonly needed: readonly string[] },
    options?: StoreRequestOptions,
  ): Promise<void> {
    const work = async (query: Query): Promise<void> => {
      await query(
        `UPDATE ${this.schema}.token SET marked_by = $2
         WHERE token = ANY($1::uuid[]) AND put_during < $2 AND marked_by IS NULL`,
        [unneeded, collection],
      );
      await query(
        `UPDATE ${this.schema}.token SET marked_by = NULL WHERE token = ANY($1::uuid[]) AND marked_by IS NOT NULL`,
        [needed],
      );
    };
    await this.requests.run({ operation: 'tokens.mark', work }, options);
  }

  async removeMarked(
    collection: number,
    tokens: readonly string[],
    options?: StoreRequestOptions,
  ): Promise<readonly string[]> {
    const rows = await this.requests.ask(
      'tokens.removeMarked',
      `DELETE FROM ${this.schema}.token
       WHERE token = ANY($1::uuid[]) AND put_during < $2 AND marked_by < $2 RETURNING token`,
      [tokens, collection],
      options,
    );
    return rows.map(({ token }) => String(token));
  }

  async list(
    after: string | undefined,
    limit: number,
    options?: StoreRequestOptions,
  ): Promise<readonly { readonly token: string; readonly bytes: Uint8Array }[]> {
    const rows = await this.requests.ask(
      'tokens.list',
      `SELECT token, record FROM (
         SELECT token, record, octet_length(record) AS size, sum(octet_length(record)) OVER (ORDER BY token) AS total
         FROM (
           SELECT token, record FROM ${this.schema}.token
           WHERE $1::uuid IS NULL OR token > $1::uuid ORDER BY token LIMIT $2
         ) AS page
       ) AS sized
       WHERE total <= $3 OR total = size ORDER BY token`,
      [after ?? null, limit, STATEMENT_BYTES],
      options,
      COUNT_MS,
    );
    return rows.map(({ token, record }) => ({ token: String(token), bytes: bytesOf(record) }));
  }

  async replace(
    token: string,
    from: Uint8Array,
    to: Uint8Array,
    options?: StoreRequestOptions,
  ): Promise<boolean> {
    const rows = await this.requests.ask(
      'tokens.replace',
      `UPDATE ${this.schema}.token SET record = $3 WHERE token = $1 AND record IN ($2, $3) RETURNING token`,
      [token, from, to],
      options,
    );
    return rows.length > 0;
  }

  async stats(options?: StoreRequestOptions): Promise<TokenStats> {
    const work = async (query: Query): Promise<TokenStats> => {
      const [counted] = await query(
        `SELECT count(*) AS records, coalesce(sum(octet_length(record)), 0) AS bytes, count(marked_by) AS marked
         FROM ${this.schema}.token`,
      );
      const [counter] = await query(`SELECT value FROM ${this.schema}.counter WHERE name = 'collection'`);
      return {
        records: numberOf(counted?.['records']),
        bytes: numberOf(counted?.['bytes']),
        marked: numberOf(counted?.['marked']),
        collection: numberOf(counter?.['value']),
      };
    };
    return this.requests.run({ operation: 'tokens.stats', longMs: COUNT_MS, work }, options);
  }
}

function collectionOf(row: Row | undefined): number {
  if (row === undefined)
    throw new StoreError('schema', { because: 'The counter of collections is missing.' });
  return numberOf(row['value']);
}
