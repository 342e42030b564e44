import { execFile, execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { allCommands, createProgram, pathOf } from '../src/program';
import { NOWHERE } from './support/doers';

const run = promisify(execFile);
const FOLDER = join(__dirname, '../man');
const pages = readdirSync(FOLDER);

function isThere(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn(`manual pages are not checked by ${program}: it is not here (apt-get install mandoc)`);
    return false;
  }
}
const withMandoc = isThere('mandoc') ? it : it.skip;

describe('the manual pages', () => {
  it('are one for each command', () => {
    const names = allCommands(createProgram(NOWHERE)).map(
      (command) => `${pathOf(command).replaceAll(' ', '-')}.1`,
    );
    expect([...pages].sort()).toEqual(names.sort());
  });

  withMandoc('have nothing that mandoc warns of', async () => {
    const files = pages.map((name) => join(FOLDER, name));
    const { stdout, stderr } = await run('mandoc', ['-Tlint', '-Wwarning', ...files]);
    expect(stdout + stderr).toBe('');
  });

  withMandoc('show what help shows', async () => {
    const { stdout } = await run('sh', [
      '-c',
      `mandoc -Tascii '${join(FOLDER, 'waxseal-keys-usage.1')}' | col -b`,
    ]);
    for (const text of [
      'waxseal-keys-usage - report which keys',
      '--fail-if-used <key>',
      'waxseal keys usage --fail-if-used orders/v1 && echo "nothing names it any more"',
      'https://waxseal.github.io/waxseal/key-rotation#when-may-the-old-key-go',
    ]) {
      expect(stdout).toContain(text);
    }
  });
});
