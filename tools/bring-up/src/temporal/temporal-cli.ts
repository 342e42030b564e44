import { runCommand } from '../process';

/**
 * The oldest `temporal` command that the demo and the tests can use: Nexus is on in its server from this one.
 */
const oldest = [1, 3, 0] as const;

/** A usable `temporal` command, which is also the development server. */
export interface TemporalCli {
  /** Absolute path of the program. */
  readonly path: string;
  /** What it says of itself, for instance `1.9.1 (Server 1.32.0, UI 2.54.1)`. */
  readonly version: string;
}

/**
 * Checks that a file is a `temporal` command that runs on this machine and is not too old.
 *
 * @param path - of the program
 * @throws Error that says what is wrong with it
 */
export async function checkTemporalCli(path: string): Promise<TemporalCli> {
  const answer = (await runCommand(path, ['--version'], { timeoutMs: 20_000 })).trim();
  const version = /temporal version (?<full>(?<number>\d+\.\d+\.\d+).*)/.exec(answer)?.groups;
  const full = version?.['full'];
  const number = version?.['number'];
  if (full === undefined || number === undefined) {
    throw new Error(`${path} --version does not answer as the temporal command does`);
  }
  if (isOlder(number.split('.').map(Number))) {
    throw new Error(`${path} is version ${number}; ${oldest.join('.')} or later is needed`);
  }
  return { path, version: full };
}

function isOlder(version: readonly number[]): boolean {
  for (const [index, least] of oldest.entries()) {
    const part = version[index] ?? 0;
    if (part !== least) {
      return part < least;
    }
  }
  return false;
}
