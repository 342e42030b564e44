import type { KeyProviderCapability, KeyProviderHarness } from './key-provider-harness';
import type { ConformanceCase } from './run-case';

/** A harness whose hooks of these names are there. */
type HarnessWith<Needs extends KeyProviderCapability> = KeyProviderHarness &
  Required<Pick<KeyProviderHarness, Needs & keyof KeyProviderHarness>>;

/** One rule for key providers. */
export type KeyProviderCase = ConformanceCase<KeyProviderHarness, KeyProviderCapability>;

/** A case whose `run` gets the hooks that it needs. */
export function defineCase<const Needs extends KeyProviderCapability>(
  name: string,
  needs: readonly Needs[],
  run: (harness: HarnessWith<Needs>) => Promise<void>,
): KeyProviderCase {
  // `runKeyProviderCase` calls it with a harness that has the hooks.
  return { name, needs, run: run as KeyProviderCase['run'] };
}
