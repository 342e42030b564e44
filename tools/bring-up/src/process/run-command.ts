import { execFile } from 'node:child_process';

/** How {@link runCommand} runs the program. */
export interface RunCommandOptions {
  /** The program's environment; the process's own when left out. */
  readonly environment?: NodeJS.ProcessEnv;
  /** The program is killed after this long. 60,000 when left out. */
  readonly timeoutMs?: number;
}

/**
 * Runs a program to its end, without a shell.
 *
 * @returns what it wrote to standard output
 * @throws Error with the exit code and the last lines of its output, when it cannot be started, fails or
 *   takes too long
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: RunCommandOptions = {},
): Promise<string> {
  const timeout = options.timeoutMs ?? 60_000;
  return new Promise((resolve, reject) => {
    execFile(
      command,
      args,
      { env: options.environment ?? process.env, timeout, killSignal: 'SIGKILL', maxBuffer: 64 * 2 ** 20 },
      (error, stdout, stderr) => {
        if (error === null) {
          resolve(stdout);
          return;
        }
        const end = `${stdout}\n${stderr}`.trim().split('\n').slice(-5).join('; ');
        const what =
          error.killed === true ? `took longer than ${String(timeout)} ms` : `failed (${String(error.code)})`;
        reject(new Error(`\`${[command, ...args].join(' ')}\` ${what}${end === '' ? '' : `: ${end}`}`));
      },
    );
  });
}
