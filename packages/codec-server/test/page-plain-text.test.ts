import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { indentJson, plainTextOf } from '../browser/plain-text';
import { base64 } from './support/post';

const show = (encoding: string, data: string | Buffer) =>
  plainTextOf({ metadata: { encoding: base64(encoding) }, data: Buffer.from(data).toString('base64') });

describe('the content of a payload', () => {
  it.each([
    ['json/plain', '{"a":[1,{}],"b":"x"}', '{\n  "a": [\n    1,\n    {}\n  ],\n  "b": "x"\n}'],
    ['json/plain', '12345678901234567890.10', '12345678901234567890.10'],
    ['json/plain', '{"a":1e400}', '{\n  "a": 1e400\n}'],
    ['json/plain', '{ not JSON', '{ not JSON'],
    ['text/x', '{"a":1}', '{"a":1}'],
    ['binary/null', '', 'null'],
    ['binary/plain', 'as text: é', 'as text: é'],
  ])('of %s %j', (encoding, data, text) => {
    expect(show(encoding, data)).toBe(text);
  });

  it('is in hex where it is no text, up to 4096 bytes', () => {
    expect(show('binary/plain', Buffer.from('00ff10', 'hex'))).toBe('00000000  00 ff 10');
    const long = show('binary/plain', Buffer.alloc(5_000, 0xff));
    expect(long.split('\n')).toHaveLength(257);
    expect(long).toMatch(/… 904 more bytes$/);
  });

  it('is empty where there is none', () => {
    expect(plainTextOf({})).toBe('');
  });
});

describe('JSON that is indented', () => {
  it('is the same JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t'), (json, space) => {
        const given = JSON.stringify(JSON.parse(json), undefined, space);
        const indented = indentJson(given);
        expect(JSON.parse(indented)).toEqual(JSON.parse(json));
        expect(indented).toBe(indentJson(json));
      }),
    );
  });

  it('is what JSON.stringify makes, but for numbers', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (json) => {
        const value: unknown = JSON.parse(json);
        expect(indentJson(JSON.stringify(value))).toBe(JSON.stringify(value, undefined, 2));
      }),
    );
  });
});
