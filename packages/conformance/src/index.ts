export {
  describeKeyProvider,
  type ConformanceRunner,
  runKeyProviderCase,
  type KeyProviderCaseOutcome,
} from './run-key-provider-case';
export { withLimits } from './check/with-limits';
export { keyProviderCases } from './key-provider-cases';
export type { KeyProviderCase } from './key-provider-case';
export {
  type KeyProviderCapability,
  type KeyProviderHarness,
  type KeyProviderRole,
  type KeyProviderSubject,
  withoutHooks,
} from './key-provider-harness';
