import { afterEach, describe, expect, it } from '@jest/globals';
import { CleanUp } from '@waxseal/bring-up';

import { recoveryRows } from '../src/recovery';
import { measureRecovery, SHORT } from '../src/recovery/measure';

const cleanUp = new CleanUp();
afterEach(() => cleanUp.run());

/** Rows that are quick and differ in kind; `npm run faults` makes them all. */
const CHOSEN = [
  'aws credentials-silent',
  'gcp connection-frozen',
  'azure credentials-expired',
  'azure connection-frozen',
  'vault certificate-rotated',
  'vault credentials-refused',
];
const rows = recoveryRows().filter(([subject, fault]) => CHOSEN.includes(`${subject.id} ${fault.id}`));

describe('npm run faults -- recovery, in its short form', () => {
  it('finds every process back within the limit of its row, without a restart', async () => {
    expect(rows).toHaveLength(CHOSEN.length);
    const recoveries = await Promise.all(
      rows.map(([subject, fault]) => measureRecovery(subject, fault, SHORT, cleanUp)),
    );
    expect(recoveries.flatMap(({ problems }) => problems)).toEqual([]);
  }, 60_000);
});
