import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How a run of the command ended. */
export interface Ended {
  /** `null` where it was killed. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The most memory that it took, as far as Linux tells: resident, in bytes. */
  readonly mostBytes: number;
}

/** The program. */
export const waxsealPath = join(__dirname, '..', '..', '..', 'packages', 'cli', 'bin', 'waxseal.mjs');

/**
 * Runs the `waxseal` command, as built, without any of the caller's settings.
 *
 * @param killAfterMs kills it, as a machine that goes down does, when it has not ended by then
 */
export function waxseal(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  killAfterMs?: number,
): Promise<Ended> {
  const child = spawn(process.execPath, [waxsealPath, ...args], {
    env: { ...withoutSettings(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const kill = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  let mostBytes = 0;
  const watch = setInterval(() => (mostBytes = mostBytesOf(child.pid) ?? mostBytes), 100);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => {
      clearTimeout(kill);
      clearInterval(watch);
      resolve({ exitCode, stdout, stderr, mostBytes });
    });
  });
}

/** A command that runs on. */
export interface Running {
  /** Ends it at once, as a machine that goes down does, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Starts the `waxseal` command, and waits until standard error has a text. */
export async function startWaxseal(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  ready: string,
): Promise<Running> {
  const child = spawn(process.execPath, [waxsealPath, ...args], {
    env: { ...withoutSettings(), ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  const gone = new Promise<void>((resolve) =>
    child.once('close', () => {
      resolve();
    }),
  );
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      if (stderr.includes(ready)) resolve();
    });
    child.once('error', reject);
    void gone.then(() => {
      reject(new Error(stderr));
    });
  });
  return {
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

function withoutSettings(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(?:WAXSEAL|TEMPORAL)_/.test(name));
  return Object.fromEntries(own);
}

/** `VmHWM` of proc(5), in kibibytes there. */
function mostBytesOf(pid: number | undefined): number | undefined {
  try {
    const [, kibibytes] =
      /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8')) ?? [];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  } catch {
    return undefined;
  }
}
