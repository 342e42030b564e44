import type { ConformanceCase } from './run-case';
import type { StoreCapability, StoreHarness } from './store-harness';

/** A harness whose hooks of these names are there. */
type HarnessWith<Needs extends StoreCapability> = StoreHarness &
  Required<Pick<StoreHarness, Needs & keyof StoreHarness>>;

/** One rule for stores. */
export type StoreCase = ConformanceCase<StoreHarness, StoreCapability>;

/** A case whose `run` gets the hooks that it needs. */
export function defineStoreCase<const Needs extends StoreCapability>(
  name: string,
  needs: readonly Needs[],
  run: (harness: HarnessWith<Needs>) => Promise<void>,
): StoreCase {
  // `runStoreCase` calls it with a harness that has the hooks.
  return { name, needs, run: run as StoreCase['run'] };
}
