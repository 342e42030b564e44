import { CleanUp } from '@waxseal/bring-up';

import { AWS_KMS, AWS_KMS_WEB_IDENTITY } from './aws-kms';
import { AZURE_KEY_VAULT, AZURE_KEY_VAULT_SECRET } from './azure-key-vault';
import { PASSING_FAULTS, type PassingFault } from './faults';
import { GCP_KMS } from './gcp-kms';
import { FULL, measureRecovery } from './measure';
import { OPENBAO } from './openbao';
import type { Subject } from './subject';
import { recoveryHeading, recoveryLines } from './table';

/** All of them, in the order of the table. */
export const SUBJECTS: readonly Subject[] = [
  AWS_KMS,
  AWS_KMS_WEB_IDENTITY,
  GCP_KMS,
  AZURE_KEY_VAULT,
  AZURE_KEY_VAULT_SECRET,
  OPENBAO,
];

/** Most of the time they wait. */
const AT_ONCE = 3;

/** Every fault with every subject that it is made with. */
export function recoveryRows(): [Subject, PassingFault][] {
  return SUBJECTS.flatMap((subject) =>
    PASSING_FAULTS.filter(
      ({ ofCredentials }) => ofCredentials === true || subject.onlyCredentials !== true,
    ).map((fault): [Subject, PassingFault] => [subject, fault]),
  );
}

/**
 * Makes them a few at a time, and prints a line for each.
 *
 * @param names what the IDs of subjects or faults begin with; all where there is none
 * @param cleanUp of the command: ends what is running when it is interrupted
 * @returns the exit code
 */
export async function runRecovery(names: readonly string[], cleanUp: CleanUp): Promise<number> {
  const isNamed = (id: string): boolean => names.some((name) => id.startsWith(name));
  const rows = recoveryRows().filter(
    ([subject, fault]) => names.length === 0 || isNamed(subject.id) || isNamed(fault.id),
  );
  if (rows.length === 0) {
    const ids = [...SUBJECTS, ...PASSING_FAULTS].map(({ id }) => id).join(', ');
    console.error(`There is no such row. There are: ${ids}`);
    return 2;
  }
  console.log(recoveryHeading());
  const count = rows.length;
  let bad = 0;
  const next = async (): Promise<void> => {
    for (let row = rows.shift(); row !== undefined; row = rows.shift()) {
      const own = new CleanUp();
      cleanUp.add(() => own.run());
      try {
        const recovery = await measureRecovery(...row, FULL, own);
        if (recovery.problems.length > 0) bad += 1;
        console.log(recoveryLines(recovery));
      } finally {
        await own.run();
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  console.log(`${String(count)} recoveries, ${String(bad)} not as they should be.`);
  return bad === 0 ? 0 : 1;
}
