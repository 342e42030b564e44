import { inspect } from 'node:util';
import { StoreError } from '../store-error';
import type { KeyRecords, Store, StoreRequestOptions, TokenRecords } from '../store';
import type { Database } from './database';
import { KeyTable } from './key-table';
import { checkSchema, grants, migrate, type MigrationReport, readerGrants } from './migrate';
import { quoteRole } from './schema';
import type { SqlStoreSettings } from './store-options';
import { StoreRequests } from './store-requests';
import { TokenTable } from './token-table';

/** Longest time for one attempt to change the schema. */
const MIGRATION_MS = 10 * 60_000;

/** A store in a database that speaks PostgreSQL's SQL. */
export class SqlStore implements Store {
  readonly kind: string;
  readonly tokens: TokenRecords;
  readonly keys: KeyRecords;
  /** Schema of its tables. */
  readonly schema: string;

  readonly #database: Database;
  readonly #requests: StoreRequests;

  protected constructor(database: Database, settings: SqlStoreSettings) {
    const { schema } = settings;
    this.kind = database.kind;
    this.schema = schema;
    this.#database = database;
    this.#requests = new StoreRequests(database, settings);
    this.tokens = new TokenTable(this.#requests, schema);
    this.keys = new KeyTable(this.#requests, schema);
  }

  async check(options?: StoreRequestOptions): Promise<void> {
    await this.#requests.run(
      { operation: 'check', work: (query) => checkSchema(query, this.schema) },
      options,
    );
  }

  /**
   * Makes the tables, or brings them to the version of this release. Old processes go on meanwhile. It needs
   * the rights of an owner; an application does not.
   *
   * @param users roles that are granted what an application needs, and what a reader does
   * @throws ConfigurationError when a role is no name, or the tables are of a newer release
   * @throws StoreError when the database refuses, or does not answer
   */
  async migrate(
    users: { readonly application?: readonly string[]; readonly reader?: readonly string[] } = {},
    options?: StoreRequestOptions,
  ): Promise<MigrationReport> {
    const statements = [
      ...(users.application ?? []).flatMap((role) => grants(this.schema, quoteRole(role))),
      ...(users.reader ?? []).flatMap((role) => readerGrants(this.schema, quoteRole(role))),
    ];
    return this.#requests.run(
      {
        operation: 'migrate',
        longMs: MIGRATION_MS,
        work: (query) => migrate(query, this.schema, statements),
      },
      options,
    );
  }

  async close(): Promise<void> {
    await this.#database.close();
  }

  /** Kind and schema only. */
  toJSON(): object {
    return { kind: this.kind, schema: this.schema };
  }

  [inspect.custom](): string {
    return `${this.constructor.name} ${inspect(this.toJSON())}`;
  }
}

/** What a store throws once it is closed. */
export function closedError(): StoreError {
  return new StoreError('unavailable', {
    because: 'It is closed: close it only after what uses it.',
    wasNotAsked: true,
  });
}
