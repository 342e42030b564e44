import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { list, options, parseOptions, record, text, textOrTexts } from '../src/fields';

const SCHEMA = options({
  name: text('is missing: say who.').optional(),
  names: textOrTexts().optional(),
  show: z
    .union(
      [z.enum(['all'], 'must be all, or part.'), options({ first: z.int() }), options({ last: z.int() })],
      'must be all, or part.',
    )
    .optional(),
  rules: list(options({ path: text('is missing.') })).optional(),
  claims: record(textOrTexts(), 'must be an object of claims.').optional(),
});

function complaintAbout(given: unknown): string {
  try {
    parseOptions(SCHEMA, given);
  } catch (error) {
    expect(error).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
    return (error as Error).message;
  }
  return 'none';
}

describe('parseOptions', () => {
  it.each<[unknown, RegExp]>([
    [null, /^Options must be an object\.$/],
    ['secret', /^Options must be an object\.$/],
    [[], /^Options must be an object\.$/],
    [{ nam: 'a' }, /^nam is not an option; there are name, names, show, rules, claims\.$/],
    [{ name: 7 }, /^name must be a text of 1 to 1,000 characters/],
    [{ name: 'a\u0000' }, /^name must be a text of 1 to 1,000 characters/],
    [{ name: 'a'.repeat(1001) }, /^name must be a text of 1 to 1,000 characters/],
    [{ names: 7 }, /^names must be a text, or an array of texts\.$/],
    [{ names: '' }, /^names must be a text of/],
    [{ names: [] }, /^names must not be empty\.$/],
    [{ names: ['a', ''] }, /^names\[1\] must be a text of/],
    [{ rules: [{ paths: '$' }] }, /^rules\[0\]\.paths is not an option; there are path\.$/],
    [{ rules: [{}] }, /^rules\[0\]\.path is missing\.$/],
    [{ claims: [] }, /^claims must be an object of claims\.$/],
    [{ claims: { 'https://a.example/b': 7 } }, /^claims\["https:\/\/a\.example\/b"\] must be a text, or/],
    [{ claims: { '': 'a' } }, /^claims\[""\] is not a name/],
    [{ show: 'most' }, /^show must be all, or part\.$/],
    [{ show: { first: 'a' } }, /^show\.first: Invalid input/],
    [{ show: { first: 1, last: 2 } }, /^show must be all, or part\.$/],
    [{ show: {} }, /^show must be all, or part\.$/],
  ])('says of %j what is wrong, and where', (given, expected) => {
    expect(complaintAbout(given)).toMatch(expected);
  });

  it('names a misspelt option before what is missing in its place', () => {
    expect(complaintAbout({ name: 7, nmae: 'a' })).toMatch(/^nmae is not an option/);
  });

  it.each([
    '{"claims": {"__proto__": "a"}}',
    '{"rules": [{"path": "$", "__proto__": {}}]}',
    '{"__proto__": {}}',
  ])('refuses %s, which would be left out without a word', (given) => {
    expect(complaintAbout(JSON.parse(given))).toContain('__proto__');
  });

  it('shows no value, whatever is wrong with it', () => {
    const given = {
      name: 'SECRET\u0000',
      names: ['SECRET\u0000'],
      show: 'SECRET',
      claims: { a: ['SECRET\n'] },
    };
    for (const [name, value] of Object.entries(given)) {
      expect(complaintAbout({ [name]: value })).not.toContain('SECRET');
    }
  });
});
