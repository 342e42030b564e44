import { type Client, type ClientConfig, Pool, type PoolClient } from 'pg';
import { onAbort, withDeadline } from '@waxseal/core/internal';
import type { Database, Query } from '../sql/database';
import { explainError } from '../sql/explain-error';
import { closedError } from '../sql/sql-store';
import { StoreError } from '../store-error';
import type { ConnectionSettings } from './connection-settings';
import { HostClient, type KnownHost, queryOnce, securedFor, setStatementTimeout } from './host-client';

/** When a statement is cancelled from here, in parts of the time that the server lets it take. */
const CANCEL_AFTER = 1.125;

/** How a pool of connections is kept. */
export interface PostgresPoolSettings {
  readonly connection: ConnectionSettings;
  /** A password that is short-lived, asked for each connection. */
  readonly password: (() => string | Promise<string>) | undefined;
  readonly applicationName: string;
  readonly maxConnections: number;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly maxLifetimeMs: number;
}

/** A PostgreSQL database on one of several hosts: connections to the one that takes writes. */
export class PostgresDatabase implements Database {
  readonly kind = 'postgres';
  readonly #settings: PostgresPoolSettings;
  readonly #hosts: readonly KnownHost[];
  readonly #pool: Pool;
  #preferred = 0;
  #isClosed = false;

  constructor(settings: PostgresPoolSettings) {
    const { connection, maxConnections, connectTimeoutMs, idleTimeoutMs, maxLifetimeMs } = settings;
    this.#settings = settings;
    this.#hosts = connection.hosts.map((host) => ({ ...host, generation: 0 }));
    const connect = (config: ClientConfig | undefined): HostClient => this.#clientOf(config ?? {});
    this.#pool = new Pool({
      ...(connection.database === undefined ? {} : { database: connection.database }),
      ...(connection.user === undefined ? {} : { user: connection.user }),
      application_name: settings.applicationName,
      max: maxConnections,
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: idleTimeoutMs,
      maxLifetimeSeconds: Math.ceil(maxLifetimeMs / 1000),
      keepAlive: true,
      // An idle connection does not keep a program alive.
      allowExitOnIdle: true,
      Client: function (config: ClientConfig | undefined) {
        return connect(config);
      } as unknown as typeof Client,
      // The pool waits for it, though its types do not say so.
      // eslint-disable-next-line @typescript-eslint/no-misused-promises
      onConnect: (client) => this.#prepare(client),
    });
    // A connection that breaks while it is idle has been dropped by then.
    this.#pool.on('error', () => undefined);
  }

  async connect<T>(
    work: (query: Query) => Promise<T>,
    signal: AbortSignal,
    longMs = this.#settings.statementTimeoutMs,
  ): Promise<T> {
    const client = await this.#acquire(signal);
    const state = { isBroken: false, askedAtMs: 0, isSilent: false };
    // The server's own timeout, which comes first, does not hold while a commit waits for a standby.
    const cancelAfterMs = longMs * CANCEL_AFTER;
    const cancel = (): void => {
      state.isBroken = true;
      client.cancelStatement();
    };
    const timer = setTimeout(cancel, cancelAfterMs);
    const unlink = onAbort(signal, () => {
      state.isSilent = performance.now() - state.askedAtMs >= cancelAfterMs;
      cancel();
      client.socket.destroy();
    });
    // Without a listener, a connection that breaks between two statements would end the process.
    const ignore = (): void => undefined;
    client.on('error', ignore);
    try {
      if (client.statementTimeoutMs !== longMs) await setStatementTimeout(client, longMs);
      client.begin();
      const result = await work((sql, values) => {
        state.askedAtMs = performance.now();
        return queryOnce(client, sql, values);
      });
      client.assertDurable();
      return result;
    } catch (error) {
      // What is left of a transaction must not meet the next one.
      if (!isAnswer(error)) state.isBroken = true;
      const explained = explainError(error);
      // That an answer is not waited for says nothing of the host.
      if (isHostLost(explained) && (!signal.aborted || state.isSilent)) {
        this.#giveUp(client.host_, client.generation);
      }
      throw explained;
    } finally {
      clearTimeout(timer);
      unlink();
      client.removeListener('error', ignore);
      (client as unknown as PoolClient).release(state.isBroken);
      if (state.isBroken) client.socket.destroy();
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#pool.end();
  }

  /** A connection to a host that is known to be of use; each host is tried once. */
  async #acquire(signal: AbortSignal): Promise<HostClient> {
    let failure: unknown;
    for (let tries = 0; tries < this.#hosts.length;) {
      signal.throwIfAborted();
      if (this.#isClosed) throw closedError();
      const host = this.#hosts[this.#preferred] as KnownHost;
      const { generation } = host;
      let client: HostClient;
      try {
        client = (await this.#pool.connect()) as unknown as HostClient;
      } catch (error) {
        failure = explainError(error);
        // Another host refuses a login too, and has no more connections to a full one.
        if (!isHostLost(failure)) throw failure;
        tries += 1;
        this.#giveUp(host, generation);
        continue;
      }
      if (!signal.aborted && client.generation === client.host_.generation) return client;
      (client as unknown as PoolClient).release(true);
      client.socket.destroy();
    }
    throw failure;
  }

  /** The host is not asked first any more, and its connections are not used again. */
  #giveUp(host: KnownHost, generation: number): void {
    if (host.generation !== generation) return;
    host.generation += 1;
    const index = this.#hosts.indexOf(host);
    if (index === this.#preferred) this.#preferred = (index + 1) % this.#hosts.length;
  }

  #clientOf(config: ClientConfig): HostClient {
    const host = this.#hosts[this.#preferred] as KnownHost;
    const { connection, password } = this.#settings;
    // The pool hides a password that it is given, also from a copy of its options.
    const own = { ...passwordOf(connection, password), ssl: securedFor(host.host, connection.ssl) };
    return new HostClient({ ...config, ...own }, host);
  }

  /** Makes sure that a new connection is to a host that takes writes, and says how it is to be used. */
  async #prepare(given: unknown): Promise<void> {
    const client = given as HostClient;
    const { statementTimeoutMs, connectTimeoutMs, connection } = this.#settings;
    try {
      await withDeadline(connectTimeoutMs, undefined, async () => {
        const timeout = String(statementTimeoutMs);
        await setStatementTimeout(client, statementTimeoutMs);
        await client.query(`SET idle_in_transaction_session_timeout TO ${timeout}`);
        const { rows } = await client.query<{ read_only: string; commits: string | null }>(
          "SELECT current_setting('transaction_read_only') AS read_only, current_setting('synchronous_commit', true) AS commits",
        );
        const [row] = rows;
        if (connection.target === 'read-write' && row?.read_only === 'on') {
          throw new StoreError('unavailable', { because: 'The host takes no writes.' });
        }
        // These two acknowledge what a crash of one machine takes away.
        if (row?.commits === 'off' || row?.commits === 'local') {
          await client.query("SET synchronous_commit TO 'on'");
        }
      });
    } catch (error) {
      client.socket.destroy();
      throw error;
    }
  }
}

function passwordOf(
  { password }: ConnectionSettings,
  ask: PostgresPoolSettings['password'],
): Pick<ClientConfig, 'password'> {
  if (ask === undefined) return password === undefined ? {} : { password };
  return {
    password: async () => {
      try {
        return await ask();
      } catch {
        throw new StoreError('denied', { because: 'The function that gives the password failed.' });
      }
    },
  };
}

/** Whether the server answered, so that the connection may be used again. */
function isAnswer(error: unknown): boolean {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return (
    typeof code === 'string' &&
    /^(2[0-35-9A-Z]|4[0-9]|55|57014)/.test(code) &&
    code !== '25006' &&
    code !== '25P03'
  );
}

/** Whether a host is of no use: not where it says that a statement waited too long, for others or a lock. */
function isHostLost(error: unknown): boolean {
  if (!(error instanceof StoreError) || error.wasNotAsked) return false;
  const { reason, sqlState } = error;
  if (sqlState?.startsWith('40') === true || sqlState === '55P03' || sqlState === '57014') return false;
  return reason === 'unavailable' || reason === 'timeout';
}
