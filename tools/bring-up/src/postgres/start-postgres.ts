import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { BringUpError } from '../find';
import { runCommand } from '../process';
import { createTestAuthority } from '../tls/test-authority';
import { ClusterFolder } from './cluster-folder';
import type { ServerSettings } from './configuration';
import { findPostgres, type PostgresPrograms } from './find-postgres';
import { PostgresServer, type ServerParts } from './postgres-server';
import { postgresUser } from './postgres-user';
import { WrongClock } from './wrong-clock';

/** What {@link startPostgres} starts. */
export interface StartPostgresOptions extends ServerSettings, ServerPlace {
  /**
   * Whether it speaks TLS, and nothing else, with a certificate for 127.0.0.1 and `localhost`. Not when
   * left out.
   */
  readonly tls?: boolean;
  /** Where `findPostgres` looks; the process's own when left out. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** The faults of its machine that a server is made for. */
export interface ServerPlace {
  /**
   * Size of the disk for its data, 64 or more, so that `fillDisk` can fill it; in memory, and for root
   * alone.
   */
  readonly diskMegabytes?: number;
  /**
   * How far its clock is wrong at the start, and that `setClock` may set it. Needs Linux and a C compiler.
   */
  readonly clockOffsetSeconds?: number;
}

/**
 * Starts a real PostgreSQL server with an empty cluster. Resolves when it answers. It ends with this
 * process, and its files go, at the latest.
 *
 * @throws BringUpError when PostgreSQL can be neither found nor installed, does not start, or this machine
 *   cannot have the disk, the clock or the TLS that is asked for; the message says what to do
 */
export async function startPostgres(options: StartPostgresOptions = {}): Promise<PostgresServer> {
  const programs = await findPostgres(options.environment);
  const password = randomBytes(16).toString('hex');
  const certificate = options.tls === true ? await makeCertificate(programs) : undefined;
  return startServer(
    options,
    { programs, settings: options, password, certificate },
    (parts) => new PostgresServer(parts),
    async (folder) => {
      const passwordFile = await folder.write('password', password);
      const small = options.diskMegabytes === undefined ? [] : ['--wal-segsize=1'];
      const sync = options.fsync === true ? [] : ['--no-sync'];
      await runCommand(
        join(programs.directory, 'initdb'),
        [
          ...['-D', folder.data, '-U', 'postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
          ...['--encoding=UTF8', '--locale=C', '--data-checksums', ...small, ...sync],
        ],
        { user: postgresUser() },
      );
    },
  );
}

/**
 * Makes a folder with data in it, and a server of that; takes all away again where a step fails.
 *
 * @param makeData - fills the folder's data directory
 */
export async function startServer<Server extends PostgresServer>(
  place: ServerPlace,
  parts: Omit<ServerParts, 'folder' | 'clock'>,
  make: (parts: ServerParts) => Server,
  makeData: (folder: ClusterFolder) => Promise<void>,
): Promise<Server> {
  const folder = await ClusterFolder.create(postgresUser(), place.diskMegabytes);
  let clock: WrongClock | undefined;
  let server: Server | undefined;
  try {
    if (place.clockOffsetSeconds !== undefined) {
      clock = await WrongClock.create(folder);
      await clock.set(place.clockOffsetSeconds);
    }
    await makeData(folder);
    server = make({ ...parts, folder, clock });
    await server.start();
    return server;
  } catch (error) {
    if (server === undefined) {
      await clock?.close();
      await folder.remove();
    }
    await server?.stop();
    throw error;
  }
}

async function makeCertificate(programs: PostgresPrograms): Promise<ServerParts['certificate']> {
  if (!programs.hasTls) {
    throw new BringUpError(
      `The PostgreSQL in ${programs.directory} was built without TLS.`,
      "Install Debian's postgresql, or set POSTGRES_BIN to the programs of another one.",
    );
  }
  const authority = await createTestAuthority('Waxseal Test CA');
  const issued = await authority.issue({
    commonName: 'localhost',
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
    usage: 'server',
  });
  return { ...issued, caPem: authority.certPem };
}
