export { describeKeyProvider, type ConformanceRunner } from './describe-key-provider';
export { keyProviderCases } from './key-provider-cases';
export type { KeyProviderCase } from './key-provider-case';
export type { KeyProviderCapability } from './key-provider-capability';
export type { HarnessKeyOptions, KeyProviderHarness } from './key-provider-harness';
export type { KeyProviderSubject } from './key-provider-subject';
export { withoutHooks } from './without-hooks';
export { runKeyProviderCase, type KeyProviderCaseOutcome } from './run-key-provider-case';
