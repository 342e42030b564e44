import type { KeyProviderCapability } from './key-provider-capability';
import type { HarnessWith, KeyProviderCase } from './key-provider-case';

/** A case whose `run` gets the hooks that it needs. */
export function defineCase<const Needs extends KeyProviderCapability>(
  name: string,
  needs: readonly Needs[],
  run: (harness: HarnessWith<Needs>) => Promise<void>,
): KeyProviderCase {
  // `runKeyProviderCase` calls it with a harness that has the hooks.
  return { name, needs, run: run as KeyProviderCase['run'] };
}
