import type { KeyProviderCapability } from './key-provider-capability';
import type { KeyProviderCase } from './key-provider-case';
import type { KeyProviderHarness } from './key-provider-harness';
import type { KeyProviderSubject } from './key-provider-subject';
import { missingCapability } from './missing-capability';

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
 * @throws Error when the provider breaks the rule, or a hook is missing that the subject's `without` does not name
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
