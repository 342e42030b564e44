import type { PayloadCodec } from '@temporalio/common';
import type { EnvelopeCodec, Keyring, KeyringSelector } from '@waxseal/core';

import type { ServerConfig } from './server-config';

/** A configuration whose keys are loaded. */
export interface LoadedConfig {
  /** Absolute path of the file; `undefined` where everything came from the environment or the caller. */
  readonly source: string | undefined;
  /** Absolute path of a file that was there and was not read, since keys were named without it. */
  readonly passedOver: string | undefined;
  readonly keyring: Keyring | KeyringSelector;
  /** The codec that encrypts, for `new EnvelopePlugin({ codec })`. The caller closes it. */
  readonly codec: EnvelopeCodec;
  /** All codecs in the order in which they encode, {@link codec} among them, for `payloadCodecs` and the Codec Server. */
  readonly codecs: readonly PayloadCodec[];
  readonly server: ServerConfig;
}
