import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A program that loads its configuration and prints what it got; Jest itself cannot import modules
 * dynamically.
 */
const PROGRAM = `
require('@waxseal/config').loadConfig().then(
  ({ source, warnings, keyring, codec, codecs, server }) => console.log(JSON.stringify({
    source,
    warnings,
    keys: typeof keyring === 'function' ? 'function' : keyring.entries().map(({ key, role }) => role + ' ' + key.id),
    codec,
    codecs: codecs.map((one) => one === codec ? 'the envelope codec' : one.constructor.name),
    server,
  })),
  (error) => console.log(JSON.stringify({ code: error.code, error: error.message })),
);`;

/** What a program in `directory` gets of `loadConfig()`. */
export interface LoadedInChild {
  readonly source?: string;
  readonly warnings?: readonly string[];
  readonly keys?: readonly string[] | 'function';
  readonly codec?: { readonly binding?: string };
  readonly codecs?: readonly string[];
  readonly server?: object;
  readonly code?: string;
  readonly error?: string;
}

/** Runs a program in `directory`, with no variable of Waxseal's set but these. */
export async function loadIn(
  directory: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<LoadedInChild> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('WAXSEAL_'));
  const { stdout } = await run(process.execPath, ['-e', PROGRAM], {
    cwd: directory,
    env: { ...Object.fromEntries(own), ...environment },
  });
  return JSON.parse(stdout) as LoadedInChild;
}
