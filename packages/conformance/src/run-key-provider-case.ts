import type { KeyProviderCase } from './key-provider-case';
import { keyProviderCases } from './key-provider-cases';
import type { KeyProviderCapability, KeyProviderHarness, KeyProviderSubject } from './key-provider-harness';

/** Properties of the service and of the provider, not hooks. */
const NOT_HOOKS: ReadonlySet<KeyProviderCapability> = new Set([
  'freshWraps',
  'versionedKeyIds',
  'versionedUnwraps',
  'describe',
  'checkPermissions',
]);

/** How a case ended, when it did not fail. */
export type KeyProviderCaseOutcome =
  { readonly ran: true } | { readonly ran: false; readonly reason: string };

/**
 * Runs one case in a harness of its own, and closes the harness.
 *
 * @returns whether the case ran; if not, which capability the subject goes without, and why
 * @throws Error when the provider breaks the rule, or a hook is missing that the subject's `without` does not
 *   name
 */
export async function runKeyProviderCase(
  testCase: KeyProviderCase,
  subject: KeyProviderSubject,
): Promise<KeyProviderCaseOutcome> {
  const reason = missingCapability(testCase, subject);
  if (reason !== undefined) return { ran: false, reason };
  const harness = await subject.open();
  try {
    for (const capability of testCase.needs) assertHook(harness, capability, subject.name);
    await testCase.run(harness);
    return { ran: true };
  } finally {
    await harness.close();
  }
}

function assertHook(harness: KeyProviderHarness, capability: KeyProviderCapability, name: string): void {
  if (NOT_HOOKS.has(capability) || typeof harness[capability as keyof KeyProviderHarness] === 'function')
    return;
  throw new Error(
    `The harness of ${name} has no ${capability}(). Add it, or give the reason in without.${capability}.`,
  );
}

/** The part of a test runner that the suite uses. Jest, Vitest and node:test have it as it is. */
export interface ConformanceRunner {
  describe(name: string, body: () => void): unknown;
  readonly it: {
    (name: string, body: () => Promise<void>): unknown;
    skip(name: string, body: () => Promise<void>): unknown;
  };
}

/**
 * Hands every case to a test runner, in the order of {@link keyProviderCases}. A case that cannot run is
 * handed over as skipped, with the reason in its title.
 */
export function describeKeyProvider(runner: ConformanceRunner, subject: KeyProviderSubject): void {
  runner.describe(`${subject.name} is a key provider:`, () => {
    for (const testCase of keyProviderCases) {
      const missing = missingCapability(testCase, subject);
      const body = async (): Promise<void> => {
        await runKeyProviderCase(testCase, subject);
      };
      if (missing === undefined) runner.it(testCase.name, body);
      else runner.it.skip(`${testCase.name} (not run; ${missing})`, body);
    }
  });
}

/**
 * Why a case cannot run for a provider.
 *
 * @returns the capability and the subject's reason, or `undefined` when the case runs
 */
function missingCapability(testCase: KeyProviderCase, subject: KeyProviderSubject): string | undefined {
  const missing = testCase.needs.find((capability) => subject.without?.[capability] !== undefined);
  return missing === undefined ? undefined : `${missing}: ${String(subject.without?.[missing])}`;
}
