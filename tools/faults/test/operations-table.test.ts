import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { FAULTS } from '../src/faults';
import { SUBJECTS } from '../src/recovery';
import { recoveryTable } from '../src/recovery/table';
import { operationsTable } from '../src/report/print';

const OPERATIONS = readFileSync(join(__dirname, '../../../docs/operations.md'), 'utf8');

describe('docs/operations.md', () => {
  it('holds the table of the faults that are made, exactly', () => {
    const [, table] = /<!-- faults:begin -->\n\n(.*)\n\n<!-- faults:end -->/s.exec(OPERATIONS) ?? [];
    expect(table).toBe(operationsTable(FAULTS));
  });

  it('holds that of the faults that pass, exactly', () => {
    const [, table] = /<!-- recovery:begin -->\n\n(.*)\n\n<!-- recovery:end -->/s.exec(OPERATIONS) ?? [];
    expect(table).toBe(recoveryTable(SUBJECTS));
  });
});

describe('the faults', () => {
  it('have IDs of their own', () => {
    expect(new Set(FAULTS.map(({ id }) => id)).size).toBe(FAULTS.length);
  });

  it('are made in the short form with a key service that they are made with in full', () => {
    for (const { short, services } of FAULTS) {
      if (short !== undefined) expect(services).toContain(short);
    }
  });

  it('name the gap where the product falls short, in a sentence', () => {
    for (const { knownGap } of FAULTS)
      if (knownGap !== undefined) expect(knownGap.what).toMatch(/^[A-Z].+\.$/);
  });
});
