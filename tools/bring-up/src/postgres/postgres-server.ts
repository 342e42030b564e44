import { join } from 'node:path';
import { Client } from 'pg';
import { BringUpError } from '../find';
import { freePort, runCommand, type ServiceProcess, startServiceProcess, waitUntil } from '../process';
import type { IssuedCertificate } from '../tls/test-authority';
import type { ClusterFolder } from './cluster-folder';
import { pgHbaConf, postgresConf, quoted, type ServerSettings, type TlsFiles } from './configuration';
import type { PostgresPrograms } from './find-postgres';
import { killPostgres } from './kill-postgres';
import { postgresUser } from './postgres-user';
import type { WrongClock } from './wrong-clock';

const START_TIMEOUT_MS = 60_000;
const SHUT_DOWN_MS = 20_000;
const PORT_ATTEMPTS = 3;

/** What a server is made of. */
export interface ServerParts {
  readonly programs: PostgresPrograms;
  /** With data in it. */
  readonly folder: ClusterFolder;
  readonly settings: ServerSettings;
  /** The superuser's. */
  readonly password: string;
  readonly certificate: (IssuedCertificate & { readonly caPem: string }) | undefined;
  readonly clock: WrongClock | undefined;
}

/** A running PostgreSQL server, on a free port of 127.0.0.1 that it keeps. */
export class PostgresServer {
  readonly host = '127.0.0.1';
  /** The superuser. */
  readonly user = 'postgres';
  readonly database = 'postgres';
  /** What it was made of; for those who make a standby of it. */
  readonly parts: ServerParts;
  #port = 0;
  #tls: TlsFiles | undefined;
  #service: ServiceProcess | undefined;

  /** @param parts - are the server's from now on: {@link PostgresServer.stop} removes its folder */
  constructor(parts: ServerParts) {
    this.parts = parts;
  }

  get port(): number {
    return this.#port;
  }

  /** Process id of the postmaster; `undefined` while the server does not run. */
  get processId(): number | undefined {
    return this.#service?.ended === undefined ? this.#service?.processId : undefined;
  }

  /** PEM file of the authority behind the server's certificate; `undefined` without TLS. */
  get caFile(): string | undefined {
    return this.#tls?.ca;
  }

  /**
   * The superuser's connection string, with the password, and with TLS that is verified where it is
   * spoken.
   */
  get url(): string {
    return this.urlThrough(this.#port);
  }

  /** {@link PostgresServer.url} by way of another port of 127.0.0.1, such as a relay's. */
  urlThrough(port: number): string {
    const tls = this.#tls === undefined ? '' : `?sslmode=verify-full&sslrootcert=${this.#tls.ca}`;
    return `postgresql://${this.user}:${this.parts.password}@${this.host}:${String(port)}/${this.database}${tls}`;
  }

  /** {@link PostgresServer.url} as variables of libpq. */
  get environment(): Readonly<Record<string, string>> {
    return {
      PGHOST: this.host,
      PGPORT: String(this.#port),
      PGUSER: this.user,
      PGPASSWORD: this.parts.password,
      PGDATABASE: this.database,
      ...(this.#tls === undefined ? {} : { PGSSLMODE: 'verify-full', PGSSLROOTCERT: this.#tls.ca }),
    };
  }

  /** The end of its log, since it was started last. */
  output(): string {
    return this.#service?.output() ?? '';
  }

  /**
   * Runs SQL as the superuser, on a connection of its own.
   *
   * @param text - one statement where there are `values`, else any number
   * @returns rows of the last statement
   * @throws Error when the server cannot be reached within 10 s, does not answer within 60 s, or refuses
   */
  async sql(text: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    const client = new Client({
      connectionString: this.url,
      connectionTimeoutMillis: 10_000,
      query_timeout: 60_000,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const result = await client.query<Record<string, unknown>>(text, [...values]);
      return (Array.isArray(result) ? (result as (typeof result)[]).at(-1) : result)?.rows ?? [];
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** Everything in the database as SQL, by `pg_dump`. */
  dump(): Promise<string> {
    const environment = { ...process.env, ...this.environment };
    return runCommand(join(this.parts.programs.directory, 'pg_dump'), [], { environment });
  }

  /**
   * Writes the configuration and starts it for the first time.
   *
   * @throws BringUpError with the end of the log, when it does not start
   */
  async start(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      this.#port = await freePort();
      await this.#configure();
      try {
        await this.#run();
        return;
      } catch (error) {
        if (attempt === PORT_ATTEMPTS || !this.output().includes('Address already in use')) throw error;
      }
    }
  }

  /** Shuts it down in order, and starts it again; only starts it where it does not run. */
  async restart(): Promise<void> {
    await this.shutDown();
    await this.#run();
  }

  /** Shuts it down in order: connections are cut, what is committed is written. Its data stay. */
  async shutDown(): Promise<void> {
    const processId = this.processId;
    if (processId === undefined) return;
    const timer = setTimeout(() => void killPostgres(processId), SHUT_DOWN_MS);
    await this.#service?.stop(2 * SHUT_DOWN_MS);
    clearTimeout(timer);
  }

  /** Kills all its processes by SIGKILL. Its data stay as they are. */
  async kill(): Promise<void> {
    if (this.processId === undefined) return;
    await killPostgres(this.processId);
    await this.#service?.stop();
  }

  /**
   * Fills the disk of its data to the last byte.
   *
   * @throws Error when it was not started with `diskMegabytes`
   */
  fillDisk(): Promise<void> {
    return this.parts.folder.fillDisk();
  }

  /** Gives back what {@link PostgresServer.fillDisk} took. */
  emptyDisk(): Promise<void> {
    return this.parts.folder.emptyDisk();
  }

  /** Ends it, and removes all that it wrote. Safe to call more than once. */
  async stop(): Promise<void> {
    const processId = this.processId;
    if (processId !== undefined) {
      process.kill(processId, 'SIGQUIT');
      await this.#service?.stop();
    }
    await this.parts.clock?.close();
    await this.parts.folder.remove();
  }

  /**
   * Sets its clock, also while it runs.
   *
   * @param seconds - before the right time if negative
   * @throws Error when it was not started with `clockOffsetSeconds`
   */
  async setClock(seconds: number): Promise<void> {
    const { clock } = this.parts;
    if (clock === undefined) throw new Error('Start the server with `clockOffsetSeconds` to set its clock.');
    await clock.set(seconds);
  }

  /**
   * Names the standbys on which every commit waits: all of them, whether they are connected or not.
   *
   * @param names - as they are called in `pg_stat_replication`; none makes replication asynchronous
   */
  async waitForStandbys(names: readonly string[]): Promise<void> {
    const list = names.map((name) => `"${name}"`).join(', ');
    const value = names.length === 0 ? '' : `FIRST ${String(names.length)} (${list})`;
    await this.sql(`ALTER SYSTEM SET synchronous_standby_names = ${quoted(value)}`);
    await this.sql('SELECT pg_reload_conf()');
  }

  async #configure(): Promise<void> {
    const { folder, certificate, settings } = this.parts;
    if (certificate !== undefined) {
      this.#tls = {
        ca: await folder.write('ca.pem', certificate.caPem),
        cert: await folder.write('server.pem', certificate.certPem),
        key: await folder.write('server.key', certificate.keyPem),
      };
    }
    await folder.write('disk/data/postgresql.conf', postgresConf(this.#port, settings, this.#tls));
    await folder.write('disk/data/pg_hba.conf', pgHbaConf(this.#tls !== undefined));
  }

  async #run(): Promise<void> {
    const { programs, folder, clock } = this.parts;
    const program = join(programs.directory, 'postgres');
    const service = await startServiceProcess(program, ['-D', folder.data], {
      environment: { PATH: process.env['PATH'], HOME: folder.path, LC_ALL: 'C', ...clock?.environment },
      user: postgresUser(),
      ownProcessGroup: true,
      stopSignal: 'SIGINT',
      orphanSignal: 'SIGQUIT',
    });
    this.#service = service;
    const hasEndedOrAnswers = (): Promise<boolean> =>
      this.sql('SELECT 1').then(
        () => true,
        () => service.ended !== undefined,
      );
    const ready = await waitUntil(hasEndedOrAnswers, { timeoutMs: START_TIMEOUT_MS });
    if (ready && service.ended === undefined) return;
    const why = service.ended ?? `it did not answer within ${String(START_TIMEOUT_MS)} ms`;
    if (this.processId !== undefined) await this.kill();
    throw new BringUpError(
      `PostgreSQL (${program}, ${programs.version}) does not start: ${why}: ` +
        service.output().trim().split('\n').slice(-5).join('; '),
      'Check the settings that it was started with, or set POSTGRES_BIN to the programs of another one.',
    );
  }
}
