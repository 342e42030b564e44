import type { KeyKind, KeyRecord, KeyRecords, StoreRequestOptions } from '../store';
import { bytesOf, numberOf, type Row } from './database';
import type { StoreRequests } from './store-requests';

const COLUMNS =
  'name, record, extract(epoch FROM created_at) * 1000 AS created_ms, extract(epoch FROM removed_at) * 1000 AS removed_ms';

/** {@link KeyRecords} in a table. */
export class KeyTable implements KeyRecords {
  readonly #requests: StoreRequests;
  readonly #schema: string;

  constructor(requests: StoreRequests, schema: string) {
    this.#requests = requests;
    this.#schema = schema;
  }

  async create(
    kind: KeyKind,
    name: string,
    bytes: Uint8Array,
    options?: StoreRequestOptions,
  ): Promise<KeyRecord> {
    // What is there is written too, as it is, so that it is on all machines before anybody uses it.
    const [row] = await this.#requests.ask(
      'keys.create',
      `INSERT INTO ${this.#schema}.key AS kept (kind, name, record) VALUES ($1, $2, $3)
       ON CONFLICT (kind, name) DO UPDATE SET record = kept.record RETURNING ${COLUMNS}`,
      [kind, bytesOfName(name), bytes],
      options,
    );
    return recordOf(row ?? {});
  }

  async get(kind: KeyKind, name: string, options?: StoreRequestOptions): Promise<KeyRecord | undefined> {
    const [row] = await this.#requests.ask(
      'keys.get',
      `SELECT ${COLUMNS} FROM ${this.#schema}.key WHERE kind = $1 AND name = $2`,
      [kind, bytesOfName(name)],
      options,
    );
    return row === undefined ? undefined : recordOf(row);
  }

  async replace(
    kind: KeyKind,
    name: string,
    from: Uint8Array,
    to: Uint8Array,
    options?: StoreRequestOptions,
  ): Promise<boolean> {
    const rows = await this.#requests.ask(
      'keys.replace',
      `UPDATE ${this.#schema}.key SET record = $4 WHERE kind = $1 AND name = $2 AND record IN ($3, $4) RETURNING name`,
      [kind, bytesOfName(name), from, to],
      options,
    );
    return rows.length > 0;
  }

  async remove(kind: KeyKind, name: string, options?: StoreRequestOptions): Promise<KeyRecord | undefined> {
    const [row] = await this.#requests.ask(
      'keys.remove',
      `UPDATE ${this.#schema}.key SET record = NULL, removed_at = coalesce(removed_at, current_timestamp)
       WHERE kind = $1 AND name = $2 RETURNING ${COLUMNS}`,
      [kind, bytesOfName(name)],
      options,
    );
    return row === undefined ? undefined : recordOf(row);
  }

  async list(
    kind: KeyKind,
    after: string | undefined,
    limit: number,
    options?: StoreRequestOptions,
  ): Promise<readonly KeyRecord[]> {
    const rows = await this.#requests.ask(
      'keys.list',
      `SELECT ${COLUMNS} FROM ${this.#schema}.key
       WHERE kind = $1 AND ($2::bytea IS NULL OR name > $2::bytea) ORDER BY name LIMIT $3`,
      [kind, after === undefined ? null : bytesOfName(after), limit],
      options,
    );
    return rows.map(recordOf);
  }
}

/** In bytes, names have one order in all databases, and an index that no library of locales can break. */
function bytesOfName(name: string): Uint8Array {
  return Buffer.from(name, 'utf8');
}

function recordOf(row: Row): KeyRecord {
  const { name, record, created_ms: created, removed_ms: removed } = row;
  return {
    name: Buffer.from(bytesOf(name)).toString('utf8'),
    bytes: record === null || record === undefined ? undefined : bytesOf(record),
    createdAtMs: Math.round(numberOf(created)),
    removedAtMs: removed === null || removed === undefined ? undefined : Math.round(numberOf(removed)),
  };
}
