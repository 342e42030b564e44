import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';

const MAIN = join(__dirname, '..', '..', 'bin', 'waxseal.mjs');

/** Whether script(1) of util-linux is there, which gives a program a terminal. */
export function hasPseudoTerminal(): boolean {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux');
  } catch {
    return false;
  }
}

/** Says why tests of a terminal are left out where they are. */
export const TERMINAL_IS_MISSING = 'left out: script(1) of util-linux is not here, which gives a terminal';

/**
 * Runs the `waxseal` command, as built, on a terminal, and gives what that got: both streams together.
 *
 * @param around what stands before and behind it in the line of shell
 */
export function onTerminal(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  around: { readonly before?: string; readonly behind?: string } = {},
): Promise<string> {
  const words = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ');
  const own = Object.entries(process.env).filter(([name]) => !/^(?:NO|FORCE)_COLOR$/.test(name));
  const child = spawn(
    'script',
    ['-qec', `${around.before ?? ''} ${words} ${around.behind ?? ''}`, '/dev/null'],
    {
      env: { ...Object.fromEntries(own), TERM: 'xterm-256color', ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => {
      resolve(text.replaceAll('\r\n', '\n'));
    });
  });
}

const ERASED = '\r\u001b[K';

/** What is left on the screen in the end: what was erased is gone. */
export function screenAfter(text: string): string {
  return text
    .split('\n')
    .map((line) => line.slice(line.lastIndexOf(ERASED) + (line.includes(ERASED) ? ERASED.length : 0)))
    .join('\n');
}
