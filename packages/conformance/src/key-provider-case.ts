import type { KeyProviderCapability } from './key-provider-capability';
import type { KeyProviderHarness } from './key-provider-harness';

/** A harness whose hooks of these names are there. */
export type HarnessWith<Needs extends KeyProviderCapability> = KeyProviderHarness &
  Required<Pick<KeyProviderHarness, Needs & keyof KeyProviderHarness>>;

/** One rule for key providers. */
export interface KeyProviderCase {
  /** A sentence about the provider, unique in the suite. */
  readonly name: string;
  /** Capabilities without which the case cannot run. */
  readonly needs: readonly KeyProviderCapability[];
  /** @throws Error that says what the provider did against the rule */
  readonly run: (harness: KeyProviderHarness) => Promise<void>;
}
