export {
  type CaseOutcome,
  type ConformanceCase,
  type ConformanceRunner,
  type ConformanceSubject,
} from './run-case';
export { describeKeyProvider, runKeyProviderCase } from './run-key-provider-case';
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
export { describeStore, runStoreCase } from './run-store-case';
export { storeCases } from './store-cases';
export type { StoreCase } from './store-case';
export type { StoreCapability, StoreDeadlines, StoreHarness, StoreSubject } from './store-harness';
