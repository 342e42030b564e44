import { type CaseOutcome, type ConformanceRunner, describeCases, runCase } from './run-case';
import type { StoreCase } from './store-case';
import { storeCases } from './store-cases';
import type { StoreCapability, StoreSubject } from './store-harness';

/** Properties of the store, not hooks. */
const NOT_HOOKS: ReadonlySet<StoreCapability> = new Set(['separateStores', 'largestRecords']);

/**
 * Runs one case in a harness of its own, and closes the harness.
 *
 * @returns whether the case ran; if not, which capability the subject goes without, and why
 * @throws Error when the store breaks the rule, or a hook is missing that the subject's `without` does not
 *   name
 */
export function runStoreCase(testCase: StoreCase, subject: StoreSubject): Promise<CaseOutcome> {
  return runCase(testCase, subject, NOT_HOOKS);
}

/**
 * Hands every case to a test runner, in the order of {@link storeCases}. A case that cannot run is handed
 * over as skipped, with the reason in its title.
 */
export function describeStore(runner: ConformanceRunner, subject: StoreSubject): void {
  describeCases(runner, `${subject.name} is a store:`, storeCases, subject, (testCase) =>
    runStoreCase(testCase, subject),
  );
}
