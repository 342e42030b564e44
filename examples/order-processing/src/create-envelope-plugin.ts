import { TokenCodec } from '@waxseal/claim-check';
import { loadConfig, type Environment } from '@waxseal/config';
import type { EnvelopeCodec, SealingCodec } from '@waxseal/core';
import type { Store } from '@waxseal/store';
import { EnvelopePlugin } from '@waxseal/temporal';

/**
 * Makes the plugin for the order clients and workers, with the keys that `WAXSEAL_PRIMARY_KEY` or a
 * `waxseal.config` file names: of whichever key service, nothing else changes. `waxseal serve` reads the
 * same.
 */
export async function createEnvelopePlugin(environment: Environment = process.env): Promise<EnvelopePlugin> {
  return new EnvelopePlugin({ codec: await createCodec(environment) });
}

/**
 * Makes the codec of the plugin and of the Codec Server.
 *
 * @param store - keeps the payloads, so that Temporal gets tokens; where it is left out, Temporal gets them
 *   encrypted
 */
export async function createCodec(
  environment: Environment = process.env,
  store?: Store,
): Promise<EnvelopeCodec | SealingCodec> {
  const { codec } = await loadConfig({ environment });
  return store === undefined ? codec : new TokenCodec({ codec, store });
}
