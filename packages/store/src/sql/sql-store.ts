import { inspect } from 'node:util';
import { StoreError } from '../store-error';
import type { SharedKeyRecords } from '../shared-key-records';
import type { KeyRecords, Store, StoreRequestOptions, TokenRecords } from '../store';
import type { Database, Query } from './database';
import { KeyTable } from './key-table';
import { checkSchema, grants, migrate, type MigrationReport, planMigration, readerGrants } from './migrate';
import { quoteRole } from './schema';
import { SharedKeyTable } from './shared-key-table';
import type { SqlStoreSettings } from './store-options';
import { StoreRequests } from './store-requests';
import { TokenTable } from './token-table';

/** Longest time for one attempt to change the schema. */
const MIGRATION_MS = 10 * 60_000;

/** Roles of a database that use a store. */
export interface StoreUsers {
  /** Reads and writes: workers, clients, `waxseal store gc`. */
  readonly application?: readonly string[] | undefined;
  /** Reads alone: a Codec Server that only decodes, replay. */
  readonly reader?: readonly string[] | undefined;
}

/** A store in a database that speaks PostgreSQL's SQL. */
export class SqlStore implements Store {
  readonly kind: string;
  readonly tokens: TokenRecords;
  readonly keys: KeyRecords;
  readonly sharedKeys: SharedKeyRecords;
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
    this.tokens = new TokenTable(this.#requests, settings);
    this.keys = new KeyTable(this.#requests, schema);
    this.sharedKeys = new SharedKeyTable(this.#requests, schema);
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
  async migrate(users: StoreUsers = {}, options?: StoreRequestOptions): Promise<MigrationReport> {
    const statements = this.#grantsTo(users);
    const work = (query: Query): Promise<MigrationReport> => migrate(query, this.schema, statements);
    return this.#requests.run({ operation: 'migrate', longMs: MIGRATION_MS, work }, options);
  }

  /**
   * Says what {@link migrate} would do now, as SQL. Changes nothing.
   *
   * @returns statements without their semicolons; none where there is nothing to do
   * @throws as {@link migrate}
   */
  async planMigration(users: StoreUsers = {}, options?: StoreRequestOptions): Promise<readonly string[]> {
    const statements = this.#grantsTo(users);
    const work = (query: Query): Promise<readonly string[]> => planMigration(query, this.schema, statements);
    return this.#requests.run({ operation: 'planMigration', work }, options);
  }

  #grantsTo({ application = [], reader = [] }: StoreUsers): readonly string[] {
    return [
      ...application.flatMap((role) => grants(this.schema, quoteRole(role))),
      ...reader.flatMap((role) => readerGrants(this.schema, quoteRole(role))),
    ];
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
