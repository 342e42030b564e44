import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** A program that serves in a process of its own. */
export interface ServerProgram {
  /** What it has as `TOKEN` in its environment. */
  readonly token: string;
  readonly stdin: Writable;
  /** What it writes next. */
  readonly line: () => Promise<string>;
}

/** @param script JavaScript, which requires packages as built */
export function startServerProgram(script: string): ServerProgram {
  const token = randomBytes(32).toString('hex');
  const { stdin, stdout } = spawn(process.execPath, ['-e', script], {
    cwd: __dirname,
    env: { ...process.env, TOKEN: token },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return { token, stdin, line: async () => String((await once(stdout, 'data'))[0]).trim() };
}
