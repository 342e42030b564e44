import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { BringUpError } from '../find';
import { runCommand, waitUntil } from '../process';
import type { ServerSettings } from './configuration';
import { PostgresServer, type ServerParts } from './postgres-server';
import { postgresUser } from './postgres-user';
import { type ServerPlace, startServer } from './start-postgres';

const REPLAY_TIMEOUT_MS = 60_000;
const PROMOTE_SECONDS = 60;

/**
 * What {@link startStandby} starts. What is left out is as at the primary, but for the disk and the clock.
 */
export interface StartStandbyOptions extends ServerSettings, ServerPlace {
  /**
   * Whether every commit of the primary waits until this standby has it too, on its disk. Not when left
   * out.
   */
  readonly synchronous?: boolean;
  /**
   * A port of 127.0.0.1 by which it reaches the primary, such as a relay's. The primary's own when left
   * out.
   */
  readonly through?: number;
}

/** A server that follows another one and answers reads, until it is promoted. */
export class PostgresStandby extends PostgresServer {
  /** What it is called in the primary's `pg_stat_replication` and `pg_replication_slots`. */
  readonly name: string;
  readonly #primary: PostgresServer;

  /** @param name - its name at the primary */
  constructor(parts: ServerParts, primary: PostgresServer, name: string) {
    super(parts);
    this.#primary = primary;
    this.name = name;
  }

  /**
   * Waits until it shows all that the primary has committed so far.
   *
   * @throws Error when the primary does not answer, or after 60 s
   */
  async waitForReplay(): Promise<void> {
    const [now] = await this.#primary.sql('SELECT pg_current_wal_insert_lsn()::text AS lsn');
    const reached = async (): Promise<boolean> => {
      const text = 'SELECT pg_wal_lsn_diff(pg_last_wal_replay_lsn(), $1) >= 0 AS done';
      const [row] = await this.sql(text, [now?.['lsn']]);
      return row?.['done'] === true;
    };
    if (!(await waitUntil(reached, { timeoutMs: REPLAY_TIMEOUT_MS }))) {
      throw new Error(
        `The standby did not reach ${String(now?.['lsn'])} within ${String(REPLAY_TIMEOUT_MS)} ms.`,
      );
    }
  }

  /**
   * Makes a primary of it. Resolves once it takes writes. Whether the old primary still does is not its
   * business.
   *
   * @throws Error when it does not take writes within 60 s
   */
  async promote(): Promise<void> {
    await this.sql(`SELECT pg_promote(true, ${String(PROMOTE_SECONDS)})`);
    const isWritable = async (): Promise<boolean> =>
      (await this.sql('SHOW transaction_read_only'))[0]?.['transaction_read_only'] === 'off';
    if (!(await waitUntil(isWritable, { timeoutMs: PROMOTE_SECONDS * 1_000 }))) {
      throw new Error(
        `The standby takes no writes: ${this.output().trim().split('\n').slice(-5).join('; ')}`,
      );
    }
  }
}

/**
 * Makes a streaming standby of a server, by `pg_basebackup` and with a replication slot. Resolves once it
 * answers, and, where it is synchronous, once commits wait for it.
 *
 * @throws BringUpError when it does not start, or the primary does not see it
 */
export async function startStandby(
  primary: PostgresServer,
  options: StartStandbyOptions = {},
): Promise<PostgresStandby> {
  const { programs, password, certificate, settings } = primary.parts;
  const name = `standby_${randomBytes(4).toString('hex')}`;
  const port = options.through ?? primary.port;
  const place = [
    `host=${primary.host}`,
    `port=${String(port)}`,
    `user=${primary.user}`,
    `password=${password}`,
  ];
  const connection = [
    ...place,
    `application_name=${name}`,
    ...(certificate === undefined ? [] : ['sslmode=require']),
  ];
  const all: ServerSettings = {
    ...settings,
    ...options,
    settings: {
      ...settings.settings,
      ...options.settings,
      primary_conninfo: connection.join(' '),
      primary_slot_name: name,
    },
  };
  const standby = await startServer(
    options,
    { programs, settings: all, password, certificate },
    (parts) => new PostgresStandby(parts, primary, name),
    async (folder) => {
      const args = ['-D', folder.data, '-X', 'stream', '-c', 'fast', '-C', '-S', name, '-w'];
      await runCommand(
        join(programs.directory, 'pg_basebackup'),
        [...args, ...(all.fsync === true ? [] : ['-N'])],
        {
          environment: {
            PATH: process.env['PATH'],
            // libpq looks there for certificates.
            HOME: folder.path,
            ...primary.environment,
            PGPORT: String(port),
            // libpq before 15 compares no addresses.
            ...(certificate === undefined ? {} : { PGSSLMODE: 'verify-ca' }),
          },
          user: postgresUser(),
        },
      );
      await folder.write('disk/data/standby.signal', '');
      // The copy waits for the primary's standbys, which would not be its own once it is promoted.
      await folder.append('disk/data/postgresql.auto.conf', "synchronous_standby_names = ''\n");
    },
  );
  try {
    await follow(primary, name, options.synchronous === true);
    return standby;
  } catch (error) {
    await standby.stop();
    throw error;
  }
}

async function follow(primary: PostgresServer, name: string, isSynchronous: boolean): Promise<void> {
  const state = 'SELECT application_name AS name, state, sync_state FROM pg_stat_replication';
  const standbys = await primary.sql(state);
  if (isSynchronous) {
    const others = standbys
      .filter((each) => each['sync_state'] === 'sync')
      .map((each) => String(each['name']));
    await primary.waitForStandbys([...others.filter((other) => other !== name), name]);
  }
  const isThere = async (): Promise<boolean> => {
    const own = (await primary.sql(state)).find((each) => each['name'] === name);
    return own?.['state'] === 'streaming' && (own['sync_state'] === 'sync') === isSynchronous;
  };
  if (!(await waitUntil(isThere))) {
    throw new BringUpError('The primary does not see its standby stream.', 'See the end of both logs.');
  }
}
