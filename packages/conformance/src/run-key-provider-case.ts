import type { KeyProviderCase } from './key-provider-case';
import { keyProviderCases } from './key-provider-cases';
import type { KeyProviderCapability, KeyProviderSubject } from './key-provider-harness';
import { type CaseOutcome, type ConformanceRunner, describeCases, runCase } from './run-case';

/** Properties of the service and of the provider, not hooks. */
const NOT_HOOKS: ReadonlySet<KeyProviderCapability> = new Set([
  'freshWraps',
  'versionedKeyIds',
  'versionedUnwraps',
  'describe',
  'checkPermissions',
]);

/**
 * Runs one case in a harness of its own, and closes the harness.
 *
 * @returns whether the case ran; if not, which capability the subject goes without, and why
 * @throws Error when the provider breaks the rule, or a hook is missing that the subject's `without` does not
 *   name
 */
export function runKeyProviderCase(
  testCase: KeyProviderCase,
  subject: KeyProviderSubject,
): Promise<CaseOutcome> {
  return runCase(testCase, subject, NOT_HOOKS);
}

/**
 * Hands every case to a test runner, in the order of {@link keyProviderCases}. A case that cannot run is
 * handed over as skipped, with the reason in its title.
 */
export function describeKeyProvider(runner: ConformanceRunner, subject: KeyProviderSubject): void {
  describeCases(runner, `${subject.name} is a key provider:`, keyProviderCases, subject, (testCase) =>
    runKeyProviderCase(testCase, subject),
  );
}
