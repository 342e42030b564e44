import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const MAIN = join(__dirname, '..', '..', 'bin', 'waxseal.mjs');

/** How a run of the command ended. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the `waxseal` command, as built, without any of the caller's key settings. */
export function startWaxseal(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  cwd?: string,
): ChildProcess {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('WAXSEAL_'));
  return spawn(process.execPath, [MAIN, ...args], {
    env: { ...Object.fromEntries(own), ...environment },
    stdio: 'pipe',
    cwd,
  });
}

/** Waits for the end of a run, collecting what it printed from now on. */
export function ended(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => {
      resolve({ exitCode, stdout, stderr });
    });
  });
}

/** Runs the `waxseal` command, as built, to its end. */
export function waxseal(
  args: readonly string[],
  input = '',
  environment: NodeJS.ProcessEnv = {},
  cwd?: string,
): Promise<Ended> {
  const child = startWaxseal(args, environment, cwd);
  child.stdin?.end(input);
  return ended(child);
}

/** Waits for a line of standard output that matches, and returns the match. */
export function waitForLine(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  let text = '';
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const match = pattern.exec(text);
      if (match !== null) resolve(match);
    });
    child.once('close', () => {
      reject(new Error(`waxseal ended without ${String(pattern)}: ${text}`));
    });
  });
}
