import { describe, expect, it } from '@jest/globals';

import { steady } from '../src/output';

describe('what a command prints', () => {
  it.each([
    ['an escape sequence', '\x1B[2Jgone', '\\u001b[2Jgone'],
    ['a carriage return', 'ok\rfailed', 'ok\\u000dfailed'],
    ['a control of the second set', '\x9B31m', '\\u009b31m'],
    ['a change of direction', 'a\u202Eb\u061Cc', 'a\\u202eb\\u061cc'],
    ['a tag character', 'a\u{E0041}b', 'a\\udb40\\udc41b'],
  ])('cannot steer a terminal by %s', (_what, text, shown) => {
    expect(steady(text)).toBe(shown);
  });

  it('keeps lines, tabs, letters of any script, and the meaning of JSON', () => {
    const text = 'key\t"größe 鍵 🔑"\nnext';
    expect(steady(text)).toBe(text);
    const value = { id: 'a\u202E\x1B\u{E0041}', list: [1, 'ü'] };
    expect(JSON.parse(steady(JSON.stringify(value, null, 2)))).toEqual(value);
  });
});
