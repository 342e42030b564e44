import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { pathOf } from '../src/program';
import { doers } from './support/doers';

const SOURCES = join(__dirname, '../src');
const PAGE = readFileSync(join(__dirname, '../../../docs/command.md'), 'utf8');

describe('exit codes', () => {
  it('are told by every command, in its help and in docs/command.md', () => {
    const rows = doers().map((command) => {
      const { done, failed, found } = command.manual?.exits ?? { done: 'not told', failed: 'not told' };
      return ['', `\`${pathOf(command)}\``, done, failed, found ?? '', '']
        .join(' | ')
        .replaceAll('  ', ' ')
        .trim();
    });
    expect(PAGE.split('\n').filter((line) => line.startsWith('| `waxseal '))).toEqual(rows);
  });

  it('are 0 to 3, and named: no command sets another number', () => {
    const lines = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .flatMap((path) => readFileSync(join(SOURCES, path), 'utf8').split('\n'))
      .filter((line) => /process\.(?:exitCode = |exit\()\D*\d/.test(line));
    expect(lines).toEqual([]);
  });

  it('of 3 are told by the commands that set it', () => {
    const withFound = doers().filter(({ manual }) => manual?.exits.found !== undefined);
    expect(withFound.map(pathOf)).toEqual([
      'waxseal inspect',
      'waxseal keys usage',
      'waxseal subjects shred',
    ]);
  });
});
