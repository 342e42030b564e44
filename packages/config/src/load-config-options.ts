import type { Telemetry } from '@waxseal/core';

import type { Environment } from './environment';
import type { KeyringUris } from './keys/keyring-from-uris';
import type { EnvelopeConfig } from './waxseal-config';

/** What {@link loadConfig} takes. */
export interface LoadConfigOptions {
  /** The configuration file. Default: `WAXSEAL_CONFIG`, else the `waxseal.config.*` of `directory`, where there is one. */
  readonly file?: string | undefined;
  /**
   * Whether a file that is not named is looked for: always, or only where neither the caller nor the environment names a key.
   * A command that is run anywhere takes the second: what stands in a working directory may be somebody else's.
   *
   * @default 'always'
   */
  readonly lookForFile?: 'always' | 'whereNoKeyIsNamed' | undefined;
  /** Where to look for the file. Default: the working directory. Directories above it are not looked at. */
  readonly directory?: string | undefined;
  /** Default: `process.env`. */
  readonly environment?: Environment | undefined;
  /** Key URIs that take the place of those of the environment and of the file, such as a command line's. */
  readonly keys?: KeyringUris | undefined;
  /** Told of what the envelope codec does that is made here. One that the file makes has its own. */
  readonly telemetry?: Telemetry | undefined;
  /** Options of the envelope codec that take the place of those of the file. */
  readonly envelope?: EnvelopeConfig | undefined;
}
