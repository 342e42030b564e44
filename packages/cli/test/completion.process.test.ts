import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { waxseal } from './support/waxseal';

const run = promisify(execFile);
const directory = temporaryDirectory();
const bin = join(directory, 'bin');
mkdirSync(bin);
symlinkSync(join(__dirname, '../bin/waxseal.mjs'), join(bin, 'waxseal'));
writeFileSync(join(directory, 'a history.json'), '');
const options = {
  cwd: directory,
  env: { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: directory, TERM: 'xterm' },
};

/** What each shell offers at the end of a line of words. */
const SHELLS: Readonly<Record<string, (words: readonly string[]) => Promise<string>>> = {
  bash: async (words) => {
    const all = ['waxseal', ...words];
    const script = `source <(waxseal completion bash)
      COMP_WORDS=(${all.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${String(words.length)}
      _waxseal waxseal; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return (await run('bash', ['--norc', '-c', script], options)).stdout;
  },
  // What the widget would show is asked of the function itself: a line editor needs a terminal.
  zsh: async (words) => {
    const script = `autoload -Uz compinit; compinit -u -D
      source <(waxseal completion zsh)
      _describe() { print -l -- "\${(@P)4}"; }
      _files() { print -l -- *(N); }
      words=(waxseal ${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${String(words.length + 1)}
      _waxseal`;
    return (await run('zsh', ['-f', '-c', script], options)).stdout;
  },
  fish: async (words) => {
    const script = `waxseal completion fish | source; complete -C 'waxseal ${words.join(' ')}'`;
    return (await run('fish', ['--no-config', '-c', script], options)).stdout;
  },
};

function isThere(shell: string): boolean {
  try {
    execFileSync(shell, ['-c', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn(`completion for ${shell} is not tested: ${shell} is not here`);
    return false;
  }
}

for (const [shell, complete] of Object.entries(SHELLS)) {
  const inShell = isThere(shell) ? it : it.skip;
  describe(`completion in ${shell}`, () => {
    inShell.each([
      [['keys', 'u'], /^usage\b/m, /^list\b/m],
      [['keys', 'usage', '--fail-on'], /^--fail-on-plaintext\b/m, /^--json\b/m],
      [['count', '--expect', 'pl'], /^plaintext\b/m, /^envelopes\b/m],
      [['init', '--provider', ''], /^vault\b/m, /^bash\b/m],
      [['inspect', ''], /a\\? history\.json/m, /^keys\b/m],
    ])('offers what can stand after %j', async (words, offered, others) => {
      const text = await complete(words);
      expect(text).toMatch(offered);
      expect(text).not.toMatch(others);
    });

    inShell('offers no files where none can stand', async () => {
      expect(await complete(['doctor', ''])).not.toContain('history.json');
    });
  });
}

it('bash completes a value behind an equals sign, which is a word of its own to it', async () => {
  expect((await SHELLS['bash']?.(['count', '--expect', '=', 'pl']))?.trim()).toBe('plaintext');
});

it('refuses a shell that it does not know', async () => {
  const { exitCode, stderr } = await waxseal(['completion', 'csh']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('Allowed choices are bash, zsh, fish');
});
