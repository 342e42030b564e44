import { execFile } from 'node:child_process';
import type { TransportEnvironment } from '@waxseal/bring-up';

/** How a run of the `temporal` command ended. */
export interface CommandEnded {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the `temporal` command with these variables and nothing of the user's own configuration. */
export function temporalCommand(
  args: readonly string[],
  environment: TransportEnvironment,
): Promise<CommandEnded> {
  const program = process.env['WAXSEAL_TEST_TEMPORAL_CLI'];
  if (program === undefined) throw new Error('WAXSEAL_TEST_TEMPORAL_CLI is not set: run "npm test".');
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent', ...environment };
  const timed = [...args, '--command-timeout', '10s'];
  return new Promise((resolve) => {
    execFile(program, timed, { env, timeout: 30_000, maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ exitCode, stdout, stderr });
    });
  });
}
