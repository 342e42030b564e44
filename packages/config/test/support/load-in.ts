import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, expect } from '@jest/globals';

/** What a program in `directory` gets of `loadConfig()`. */
export interface LoadedInChild {
  readonly source?: string;
  readonly warnings?: readonly string[];
  readonly keys?: readonly string[] | 'function';
  readonly codec?: { readonly binding?: string };
  readonly codecs?: readonly string[];
  /** Settings of the codecs that compress. */
  readonly compression?: readonly object[];
  /** Why the envelope codec is refused without the others. */
  readonly refusedAlone?: string;
  readonly server?: object;
  readonly store?: object;
  readonly code?: string;
  readonly error?: string;
}

interface Loader {
  readonly child: ChildProcess;
  readonly hasRun: Set<string>;
  /** How it ended, and what it printed. */
  readonly end: Promise<readonly [code: number | null, stdout: string]>;
}

let loader: Loader | undefined;

/**
 * Loads in another process, which works in `directory` and has no variable of Waxseal's but these. One at a
 * time: all share a process, until a module, which Node.js runs once, is to run again.
 */
export async function loadIn(
  directory: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<LoadedInChild> {
  const isModule = ['mjs', 'js', 'cjs', 'ts'].some((extension) =>
    existsSync(join(directory, `waxseal.config.${extension}`)),
  );
  if (isModule && loader?.hasRun.has(directory)) await endOfLoader();
  loader ??= startLoader();
  const { child, hasRun, end } = loader;
  hasRun.add(directory);
  child.send({ directory, environment });
  const answered = once(child, 'message').then(([answer]) => answer as LoadedInChild);
  const ended = end.then(([code]) => {
    throw new Error(`The process ended with ${String(code)}.`);
  });
  return Promise.race([answered, ended]);
}

function startLoader(): Loader {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('WAXSEAL_'));
  const child = fork(join(__dirname, 'loader.cjs'), [], {
    env: Object.fromEntries(own),
    execArgv: [],
    silent: true,
  });
  let stdout = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.resume();
  const end = once(child, 'close').then(([code]) => [code as number | null, stdout] as const);
  return { child, hasRun: new Set(), end };
}

/** Nothing that is loaded keeps a program from its end, or prints. */
async function endOfLoader(): Promise<void> {
  loader?.child.send('end');
  expect(await loader?.end).toEqual([0, '']);
  loader = undefined;
}

afterAll(async () => {
  if (loader !== undefined) await endOfLoader();
});
