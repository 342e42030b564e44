import { loadConfig, type Environment } from '@waxseal/config';
import { EnvelopePlugin } from '@waxseal/temporal';

/**
 * Makes the plugin for the order clients and workers, with the keys that `WAXSEAL_PRIMARY_KEY` or a
 * `waxseal.config` file names: of whichever key service, nothing else changes. `waxseal serve` reads the
 * same.
 */
export async function createEnvelopePlugin(environment: Environment = process.env): Promise<EnvelopePlugin> {
  const { codec } = await loadConfig({ environment });
  return new EnvelopePlugin({ codec });
}
