import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { boundsTable, keeps } from '../src/attack';
import { ATTACKS, SHORT } from '../src/attacks';
import { slowReaders } from '../src/attacks/slow-clients';

const SECURITY = readFileSync(join(__dirname, '../../../SECURITY.md'), 'utf8');

describe('SECURITY.md', () => {
  it('holds the table of the attacks that are made, exactly', () => {
    const [, table] = /<!-- attacks:begin -->\n\n(.*)\n\n<!-- attacks:end -->/s.exec(SECURITY) ?? [];
    const words = (text: string): string => text.replace(/[ -]+/g, ' ');
    expect(words(table ?? '')).toBe(words(boundsTable(ATTACKS)));
  });
});

describe('the chart', () => {
  it('gives the server the memory that slow readers are measured against', () => {
    const values = readFileSync(
      join(__dirname, '../../../deploy/helm/waxseal-codec-server/values.yaml'),
      'utf8',
    );
    const [, limit] = /\n {2}limits:[\s\S]*?\n {4}memory: (\d+)Mi\n/.exec(values) ?? [];
    expect(Number(limit)).toBe(slowReaders.bounds[0]?.limit);
  });
});

describe('the attacks', () => {
  it('have names and bounds, and those of the short form are among them', () => {
    expect(new Set(ATTACKS.map(({ id }) => id)).size).toBe(ATTACKS.length);
    expect(ATTACKS.every(({ bounds }) => bounds.length > 0)).toBe(true);
    expect(SHORT.every((attack) => ATTACKS.includes(attack))).toBe(true);
  });

  it('break a bound that is passed, or fallen short of, or not measured', () => {
    const [most, least] = [
      { name: 'a', unit: '', limit: 2 },
      { name: 'b', unit: '', limit: 2, isAtLeast: true as const },
    ];
    expect([1, 2, 3, NaN].map((value) => keeps(most, value))).toEqual([true, true, false, false]);
    expect([1, 2, 3, NaN].map((value) => keeps(least, value))).toEqual([false, true, true, false]);
  });
});
