import { runCommand } from '../process/run-command';

/** A usable `bao` command, which is also the server. */
export interface OpenBaoCommand {
  /** Absolute path of the program. */
  readonly path: string;
  /** What it says of itself, for instance `2.7.2`. */
  readonly version: string;
}

/**
 * Checks that a file is OpenBao's `bao` and runs on this machine.
 *
 * @param path - of the program
 * @throws Error that says what is wrong with it
 */
export async function checkOpenBao(path: string): Promise<OpenBaoCommand> {
  const answer = await runCommand(path, ['version'], { timeoutMs: 20_000 });
  const version = /^OpenBao v(?<number>\d+\.\d+\.\d+)/m.exec(answer)?.groups?.['number'];
  if (version === undefined) {
    throw new Error(`${path} version does not answer as OpenBao does`);
  }
  return { path, version };
}
