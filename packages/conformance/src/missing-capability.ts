import type { KeyProviderCase } from './key-provider-case';
import type { KeyProviderSubject } from './key-provider-subject';

/**
 * Why a case cannot run for a provider.
 *
 * @returns the capability and the subject's reason, or `undefined` when the case runs
 */
export function missingCapability(
  testCase: KeyProviderCase,
  subject: KeyProviderSubject,
): string | undefined {
  const missing = testCase.needs.find((capability) => subject.without?.[capability] !== undefined);
  return missing === undefined ? undefined : `${missing}: ${String(subject.without?.[missing])}`;
}
