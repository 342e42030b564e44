import { describe, expect, it } from '@jest/globals';
import { complete } from '../src/completion/complete';
import { completionLines, wordsFrom } from '../src/completion/shells';
import { allCommands, createProgram, pathOf } from '../src/program';
import { NOWHERE } from './support/doers';

const program = createProgram(NOWHERE);

function wordsAt(line: string): readonly string[] {
  return complete(program, line.split(' ')).candidates.map(({ word }) => word);
}

function takesFiles(line: string): boolean {
  return complete(program, line.split(' ')).takesFiles;
}

describe('completion', () => {
  it('has every command, and every option that its help shows', () => {
    for (const command of allCommands(program)) {
      const path = pathOf(command).split(' ').slice(1);
      const own = complete(program, [...path, '']).candidates.map(({ word }) => word);
      expect(own).toEqual(expect.arrayContaining(command.commands.map((each) => each.name())));
      const options = complete(program, [...path, '--']).candidates.map(({ word }) => word);
      expect(options).toEqual(expect.arrayContaining(command.options.map(({ long }) => long)));
      expect(options).toContain('--help');
    }
  });

  it.each([
    ['ke', ['keygen', 'keys']],
    ['keys r', ['rotate', 'reseal']],
    ['keys rotate ', ['status', 'add', 'promote', 'retire']],
    ['keys rotate p', ['promote']],
    ['count --expect ', ['envelopes', 'plaintext']],
    ['count --expect=p', ['--expect=plaintext']],
    ['count --expect plaintext --exp', []],
    ['keys reseal schedules --schedule a --sch', ['--schedule']],
    ['help keys u', ['usage']],
    ['completion ', ['bash', 'zsh', 'fish']],
    ['init --provider v', ['vault']],
    ['dev -- --names', []],
    ['nosuch ', []],
    ['keys usage --rps ', []],
  ])('of %j is %j', (line, words) => {
    expect(wordsAt(line)).toEqual(words);
  });

  it.each([
    [true, 'inspect '],
    [true, 'keys usage a.json '],
    [true, 'keys usage --html '],
    [true, 'store gc --files a b '],
    [true, 'search-keys add '],
    [false, 'search-keys add a.json '],
    [false, 'doctor '],
    [false, 'keys usage --rps '],
    [false, 'keys'],
  ])('files: %j after %j', (files, line) => {
    expect(takesFiles(line)).toBe(files);
  });

  it('is written as each shell reads it', () => {
    const found = {
      candidates: [
        { word: 'a:b', about: 'one:\n two' },
        { word: '--expect=plaintext', about: '' },
      ],
      takesFiles: true,
    };
    expect(completionLines('bash', found)).toEqual(['a:b', 'plaintext', ':files']);
    expect(completionLines('zsh', found)).toEqual(['a\\:b:one: two', '--expect=plaintext', ':files']);
    expect(completionLines('fish', found)).toEqual(['a:b\tone: two', '--expect=plaintext', ':files']);
    expect(wordsFrom('bash', ['count', '--expect', '=', 'pl'])).toEqual(['count', '--expect=pl']);
    expect(wordsFrom('bash', ['count', '--expect', '='])).toEqual(['count', '--expect=']);
    expect(wordsFrom('zsh', ['a', '='])).toEqual(['a', '=']);
  });
});
