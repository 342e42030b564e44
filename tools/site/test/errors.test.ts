import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { UnknownKeyError } from '@waxseal/core';
import { ADDRESS, ROOT } from '../src/settings';
import { slug } from '../src/slug';

/** Variables that begin as codes do, and are none. Three are both. */
const VARIABLES = new Set(
  [
    ['CONFIG', 'PRIMARY_KEY', 'ADDITIONAL_KEYS', 'DECRYPT_KEYS', 'ENCRYPT', 'SUBJECTS', 'AUDIT_KEY_FILE'],
    ['HEALTH_URL', 'HEALTH_CA', 'HEALTH_SERVER_NAME'],
  ]
    .flat()
    .map((name) => `WAXSEAL_${name}`),
);

const sources = readdirSync(join(ROOT, 'packages'), { recursive: true, encoding: 'utf8' })
  .filter((path) => /^[^/]+\/src\/.*\.ts$/.test(path))
  .map((path) => readFileSync(join(ROOT, 'packages', path), 'utf8'));

/** Codes that stand as a whole text in the code. */
const codes = new Set(
  sources
    .flatMap((text) => [...text.matchAll(/'(WAXSEAL_[A-Z_]+)'/g)])
    .map(([, code = '']) => code)
    .filter((code) => !code.endsWith('_') && !VARIABLES.has(code)),
);
const page = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8');
const entries = new Map(
  page
    .split(/^#{2,3} (?=WAXSEAL_)/m)
    .slice(1)
    .map((entry) => [entry.slice(0, entry.indexOf('\n')), entry]),
);

it('every code has an entry with a next step, and every entry is of a code', () => {
  expect(codes.size).toBeGreaterThan(20);
  expect([...entries.keys()].sort()).toEqual([...codes].sort());
  const without = [...entries]
    .filter(([, entry]) => !/\*\*Next|\| Next \|/.test(entry))
    .map(([code]) => code);
  expect(without).toEqual([]);
});

it('an error and a warning say where their entry is', () => {
  const { help } = new UnknownKeyError('orders-2026');
  expect(help).toBe(`${ADDRESS}errors#${slug('WAXSEAL_UNKNOWN_KEY')}`);
  // Another way to warn would lead nowhere.
  expect(sources.filter((text) => text.includes('process.emitWarning(')).length).toBe(1);
});
