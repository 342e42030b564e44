import type { KeyProviderCapability } from './key-provider-capability';
import type { KeyProviderHarness } from './key-provider-harness';

/** A provider, as the suite is given it. */
export interface KeyProviderSubject {
  /** Shown in titles, such as `VaultTransitKey`. */
  readonly name: string;
  /**
   * What the service or the harness cannot do, each with the reason. Cases that need it are reported as not run. What is
   * neither here nor in the harness is a failure.
   */
  readonly without?: Readonly<Partial<Record<KeyProviderCapability, string>>>;
  /** Makes a harness with keys of its own. */
  open(): KeyProviderHarness | Promise<KeyProviderHarness>;
}
