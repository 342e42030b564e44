import type { Outcome } from './outcome';

/** Whether an outcome is as it should be, or falls short by a known gap only: plaintext is never excused. */
export function isOk({ fault: { knownGap }, problems, plaintext }: Outcome): boolean {
  return plaintext === 0 && problems.every((problem) => knownGap?.shows.test(problem) === true);
}
