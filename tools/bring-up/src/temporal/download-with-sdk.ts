import { mkdir } from 'node:fs/promises';
import { runCommand } from '../process/run-command';
import { executableIn } from './executable-in';
import { sdkDownloadDirectory } from './sdk-download-directory';

/**
 * Lets the Temporal SDK download the `temporal` command.
 *
 * @param cache - the cache directory; made when it is not there
 * @param environment - holds proxy settings, if any
 * @returns the program's path
 * @throws Error with the SDK's reason when the download fails
 */
export async function downloadWithSdk(cache: string, environment: NodeJS.ProcessEnv): Promise<string> {
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
