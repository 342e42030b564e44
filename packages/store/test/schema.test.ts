import { describe, expect, it } from '@jest/globals';

import { checkSqlName, MIGRATIONS, quoteRole, SCHEMA_VERSION } from '../src/sql/schema';

describe('the name of a schema', () => {
  it.each(['waxseal', '_a', 'a1_b', 'x'.repeat(63)])('may be %s', (name) => {
    expect(checkSqlName('schema', name)).toBe(name);
  });

  it.each([
    '',
    '1a',
    'A',
    'a-b',
    'a b',
    'a;drop',
    'a"b',
    'ä',
    'x'.repeat(64),
    'pg_x',
    'user',
    'table',
    'default',
    7,
    undefined,
  ])('may not be %p', (name) => {
    expect(() => checkSqlName('the schema', name)).toThrow('the schema must be 1 to 63 lower-case letters');
  });
});

describe('the name of a role', () => {
  it.each([
    ['app', '"app"'],
    ['Worker-1', '"Worker-1"'],
    ['sa@project.iam', '"sa@project.iam"'],
    ['a"; DROP TABLE x; --', '"a""; DROP TABLE x; --"'],
  ])('%s is put into quotes', (name, quoted) => {
    expect(quoteRole(name)).toBe(quoted);
  });

  it.each(['', 'a\0b', 'x'.repeat(64), 'é'.repeat(32), 7])('may not be %p', (name) => {
    expect(() => quoteRole(name)).toThrow('A role must have 1 to 63 bytes');
  });
});

describe('migrations', () => {
  it('are numbered from one on', () => {
    expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, index) => index + 1));
    expect(SCHEMA_VERSION).toBe(MIGRATIONS.length);
  });

  it('take nothing away, and name tables by their schema', () => {
    for (const statement of MIGRATIONS.flatMap(({ statements }) => statements)) {
      expect(statement).not.toMatch(/\b(DROP|RENAME|TRUNCATE|DELETE)\b/i);
      expect(statement).toContain('$schema.');
    }
  });
});
