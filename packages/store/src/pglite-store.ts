import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ConfigurationError } from '@waxseal/core';
import { assertKnownOptions } from '@waxseal/core/internal';
import { explainMissing } from '@waxseal/core/provider';
import { explainError } from './sql/explain-error';
import type { Database, Query, Row } from './sql/database';
import { migrate } from './sql/migrate';
import { closedError, SqlStore } from './sql/sql-store';
import { type SqlStoreOptions, sqlStoreSettings } from './sql/store-options';
import { StoreError } from './store-error';

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
    const longest = given.requests?.totalTimeout ?? '30s';
    const requests = { attemptTimeout: longest, totalTimeout: longest, ...given.requests };
    const settings = sqlStoreSettings('PgliteStore', { ...given, requests });
    super(new PgliteDatabase(given.directory, settings.schema), settings);
  }
}

/** What the thread is asked. */
export interface PgliteRequest {
  readonly id: number;
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** What the thread answers; an `id` of 0 says that the database has started, or cannot. */
export interface PgliteAnswer {
  readonly id: number;
  readonly rows?: readonly Row[];
  readonly error?: { readonly code: unknown; readonly message: string };
}

/**
 * PostgreSQL as WebAssembly, in a thread of its own: it holds no event loop but its own, and starts where the
 * program itself, such as a test runner, cannot load it. It has one connection, which is handed on in turn.
 */
class PgliteDatabase implements Database {
  readonly kind = 'pglite';
  readonly #directory: string | undefined;
  readonly #schema: string;
  #started: Promise<PgliteThread> | undefined;
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
      try {
        const thread = await (this.#started ??= this.#start());
        return await work(thread.query);
      } catch (error) {
        throw explainError(error);
      }
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#last;
    const thread = await this.#started?.catch(() => undefined);
    await thread?.close();
  }

  async #start(): Promise<PgliteThread> {
    const thread = new PgliteThread(this.#directory);
    await thread.started;
    await migrate(thread.query, this.#schema, []);
    return thread;
  }
}

/** The thread, and what is asked of it. */
class PgliteThread {
  /** Settles when the database has started, or cannot. */
  readonly started: Promise<unknown>;
  readonly #worker: Worker;
  readonly #waiting = new Map<
    number,
    { readonly resolve: (rows: readonly Row[]) => void; readonly reject: (error: unknown) => void }
  >();
  #asked = 0;

  constructor(directory: string | undefined) {
    this.#worker = new Worker(join(__dirname, 'pglite-thread.js'), { workerData: { directory } });
    this.#worker.on('message', ({ id, rows, error }: PgliteAnswer) => {
      const waiting = this.#waiting.get(id);
      this.#settled(id);
      if (error === undefined) waiting?.resolve(rows ?? []);
      else waiting?.reject(error);
    });
    const end = (): void => {
      for (const [id, { reject }] of this.#waiting) {
        this.#settled(id);
        reject(new StoreError('unavailable', { because: 'The embedded database has ended.' }));
      }
    };
    this.#worker.on('error', end);
    this.#worker.on('exit', end);
    this.started = this.#wait(0).catch((error: unknown) => {
      const missing = Object.assign(new Error(), error);
      throw explainMissing(missing, 'A PgliteStore', ['@electric-sql/pglite']);
    });
  }

  readonly query: Query = (sql, values = []) => {
    const id = (this.#asked += 1);
    const answer = this.#wait(id);
    this.#worker.postMessage({ id, sql, values } satisfies PgliteRequest);
    return answer;
  };

  async close(): Promise<void> {
    await this.query(CLOSE).catch(() => undefined);
    await this.#worker.terminate();
  }

  #wait(id: number): Promise<readonly Row[]> {
    // Only what is waited for keeps a program alive.
    this.#worker.ref();
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #settled(id: number): void {
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker.unref();
  }
}

/** Stands for a statement: the database is to write down what it has, and end. */
export const CLOSE = '-- close';
