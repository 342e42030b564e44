import { ConfigurationError } from '@waxseal/core';
import { assertKnownOptions } from '@waxseal/core/internal';
import { explainMissing } from '@waxseal/core/provider';
import { explainError } from './sql/explain-error';
import type { Database, Query, Row } from './sql/database';
import { migrate } from './sql/migrate';
import { closedError, SqlStore } from './sql/sql-store';
import { type SqlStoreOptions, sqlStoreSettings } from './sql/store-options';

/** Options of a {@link PgliteStore}. */
export interface PgliteStoreOptions extends SqlStoreOptions {
  /** Folder that keeps the data. Without it, the data is gone with the process. One process at a time. */
  readonly directory?: string | undefined;
}

const OPTIONS: ReadonlySet<string> = new Set(['directory', 'schema', 'requests', 'telemetry']);

/**
 * A store within this process, for development and tests: PostgreSQL as WebAssembly, by the optional package
 * `@electric-sql/pglite`. It needs no set-up, and makes its tables itself. It is neither shared nor highly
 * available: not for production.
 */
export class PgliteStore extends SqlStore {
  /** @throws ConfigurationError that names the option. The database starts with the first request */
  constructor(options: PgliteStoreOptions = {}) {
    // Callers from JavaScript can hand over anything.
    const given: PgliteStoreOptions = { ...(options as PgliteStoreOptions | undefined) };
    assertKnownOptions(given, OPTIONS, (name) => `PgliteStore: ${JSON.stringify(name)}`);
    const { directory } = given as Readonly<Record<string, unknown>>;
    if (directory !== undefined && (typeof directory !== 'string' || directory === '')) {
      throw new ConfigurationError('PgliteStore: directory must be the path of a folder.');
    }
    // To start takes seconds, and the first request waits for it.
    const requests = { attemptTimeout: '30s', totalTimeout: '30s', ...given.requests };
    const settings = sqlStoreSettings('PgliteStore', { ...given, requests });
    super(new PgliteDatabase(given.directory, settings.schema), settings);
  }
}

/** What is used of a `PGlite`. */
interface Pglite {
  query(sql: string, values: unknown[]): Promise<{ readonly rows: unknown[] }>;
  close(): Promise<void>;
}

/** PostgreSQL as WebAssembly. It has one connection, which is handed on in turn. */
class PgliteDatabase implements Database {
  readonly kind = 'pglite';
  readonly #directory: string | undefined;
  readonly #schema: string;
  #started: Promise<Pglite> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(directory: string | undefined, schema: string) {
    this.#directory = directory;
    this.#schema = schema;
  }

  connect<T>(work: (query: Query) => Promise<T>, signal: AbortSignal): Promise<T> {
    const turn = this.#last.then(async () => {
      signal.throwIfAborted();
      if (this.#isClosed) throw closedError();
      const database = await (this.#started ??= this.#start());
      try {
        return await work(queryOf(database));
      } catch (error) {
        throw error instanceof Error && 'retryable' in error ? error : explainError(error);
      }
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#last;
    const database = await this.#started?.catch(() => undefined);
    await database?.close();
  }

  async #start(): Promise<Pglite> {
    let database: Pglite;
    try {
      const { PGlite } = await import('@electric-sql/pglite');
      database = await PGlite.create(this.#directory ?? 'memory://');
    } catch (cause) {
      throw explainMissing(cause, 'A PgliteStore', ['@electric-sql/pglite']);
    }
    await migrate(queryOf(database), this.#schema, []);
    return database;
  }
}

function queryOf(database: Pglite): Query {
  return async (sql, values = []) => (await database.query(sql, [...values])).rows as Row[];
}
