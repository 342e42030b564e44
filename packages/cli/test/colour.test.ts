import { describe, expect, it } from '@jest/globals';
import { steady } from '../src/output';
import { bad, coloured, good, wantsColour, written } from '../src/terminal/colour';

const TERMINAL = { isTTY: true };

describe('colours', () => {
  it.each<[boolean, string, { isTTY?: boolean }, readonly string[], NodeJS.ProcessEnv]>([
    [true, 'on a terminal', TERMINAL, [], {}],
    [false, 'in a pipe or a file', {}, [], {}],
    [false, 'with NO_COLOR', TERMINAL, [], { NO_COLOR: '1' }],
    [true, 'with an empty NO_COLOR', TERMINAL, [], { NO_COLOR: '' }],
    [false, 'on a dumb terminal', TERMINAL, [], { TERM: 'dumb' }],
    [false, 'with --no-color', TERMINAL, ['doctor', '--no-color'], {}],
    [false, 'with --no-color and FORCE_COLOR', TERMINAL, ['--no-color'], { FORCE_COLOR: '1' }],
    [true, 'with --no-color that is for another program', TERMINAL, ['dev', '--', '--no-color'], {}],
    [true, 'in a pipe with FORCE_COLOR', {}, [], { FORCE_COLOR: '1' }],
    [true, 'with FORCE_COLOR and NO_COLOR', {}, [], { FORCE_COLOR: '', NO_COLOR: '1' }],
    [false, 'on a terminal with FORCE_COLOR=0', TERMINAL, [], { FORCE_COLOR: '0' }],
  ])('%s: %s', (wanted, _where, stream, args, environment) => {
    expect(wantsColour(stream, args, environment)).toBe(wanted);
  });

  it('are of the line only, and a text brings none of its own', () => {
    const line = [bad('fail'), ' \u001b[32mok\u001b[0m'];
    expect(written(line, false, steady)).toBe('fail \\u001b[32mok\\u001b[0m');
    expect(written(line, true, steady)).toBe(
      '\u001b[1m\u001b[31mfail\u001b[39m\u001b[22m \\u001b[32mok\\u001b[0m',
    );
    expect(written([good('\u001b[2J')], true, steady)).toBe('\u001b[32m\\u001b[2J\u001b[39m');
    expect(coloured(good('ok'))).toBe('\u001b[32mok\u001b[39m');
  });
});
