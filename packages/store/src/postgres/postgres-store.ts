import { ConfigurationError, type Duration } from '@waxseal/core';
import { assertKnownOptions, durationMs } from '@waxseal/core/internal';
import type { Environment } from '@waxseal/core/provider';
import { SqlStore } from '../sql/sql-store';
import { type SqlStoreOptions, sqlStoreSettings } from '../sql/store-options';
import { connectionSettings } from './connection-settings';
import { PostgresDatabase } from './postgres-database';

/** Options of a {@link PostgresStore}. */
export interface PostgresStoreOptions extends SqlStoreOptions {
  /**
   * Where the database is: `postgres://user@host1:5432,host2/database?sslrootcert=…`. What it leaves out is
   * taken from libpq's variables (`PGHOST`, `PGPASSWORD`, `PGSSLMODE` and so on). Several hosts: the one that
   * takes writes is found, also after a failover. Without `sslmode` certificates are verified, but for hosts
   * of this machine.
   */
  readonly url?: string | undefined;
  /** A password that is short-lived, such as a token of IAM: asked for each new connection. */
  readonly password?: (() => string | Promise<string>) | undefined;
  /**
   * How the database calls the connections.
   *
   * @default 'waxseal'
   */
  readonly applicationName?: string | undefined;
  /**
   * How long an unused connection is kept.
   *
   * @default '30s'
   */
  readonly idleTimeout?: Duration | undefined;
  /**
   * How long a connection is kept at most, so that balancers and credentials change hands.
   *
   * @default '15m'
   */
  readonly maxLifetime?: Duration | undefined;
  /** Where libpq's variables are. Default: `process.env`. */
  readonly environment?: Environment | undefined;
}

const OPTIONS: ReadonlySet<string> = new Set([
  'url',
  'password',
  'applicationName',
  'idleTimeout',
  'maxLifetime',
  'environment',
  'schema',
  'requests',
  'telemetry',
]);

/** One connection of each so many is kept, on top, for callers that have none: as the queue keeps a place. */
const REQUESTS_PER_SPARE = 8;

/** Part of an attempt's time that one statement may take. */
const STATEMENT_SHARE = 0.8;

/**
 * A store in PostgreSQL, from version 13 on, and in databases that speak its SQL: Aurora, AlloyDB, YugabyteDB
 * and CockroachDB. It uses no extension and no notification.
 *
 * Run `waxseal store migrate` first. It needs `docs/store.md`'s rights and no more.
 */
export class PostgresStore extends SqlStore {
  /** @throws ConfigurationError that names the option. No connection is made */
  constructor(options: PostgresStoreOptions = {}) {
    // Callers from JavaScript can hand over anything.
    const given: PostgresStoreOptions = { ...(options as PostgresStoreOptions | undefined) };
    assertKnownOptions(given, OPTIONS, (name) => `PostgresStore: ${JSON.stringify(name)}`);
    const { url, password, applicationName = 'waxseal' } = given as Readonly<Record<string, unknown>>;
    if (url !== undefined && typeof url !== 'string') {
      throw new ConfigurationError(
        'PostgresStore: url must be a text such as postgres://user@host/database.',
      );
    }
    if (password !== undefined && typeof password !== 'function') {
      throw new ConfigurationError(
        'PostgresStore: password must be a function that gives one; a fixed one belongs into PGPASSWORD or the url.',
      );
    }
    if (typeof applicationName !== 'string') {
      throw new ConfigurationError('PostgresStore: applicationName must be a text.');
    }
    const settings = sqlStoreSettings('PostgresStore', given);
    const connection = connectionSettings(url, given.environment ?? process.env);
    const { attemptTimeoutMs, maxConcurrent } = settings;
    super(
      new PostgresDatabase({
        connection,
        password: given.password,
        applicationName,
        maxConnections: maxConcurrent + Math.floor(maxConcurrent / REQUESTS_PER_SPARE),
        // Each host is to have its turn within one attempt.
        connectTimeoutMs: Math.max(200, Math.floor(attemptTimeoutMs / connection.hosts.length)),
        // The server is to give up first, and to say why.
        statementTimeoutMs: Math.ceil(attemptTimeoutMs * STATEMENT_SHARE),
        idleTimeoutMs: durationMs('PostgresStore: idleTimeout', given.idleTimeout ?? '30s', '1 day'),
        maxLifetimeMs: durationMs('PostgresStore: maxLifetime', given.maxLifetime ?? '15m', '1 day'),
      }),
      settings,
    );
  }
}
