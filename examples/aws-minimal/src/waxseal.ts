import { loadConfig } from '@waxseal/config';
import { EnvelopePlugin } from '@waxseal/temporal';

/** Encrypts under the key that `WAXSEAL_PRIMARY_KEY` names. */
export async function newPlugin(): Promise<EnvelopePlugin> {
  const { codecs } = await loadConfig();
  return new EnvelopePlugin({ codecs });
}
