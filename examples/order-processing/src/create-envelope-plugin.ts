import { Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin } from '@waxseal/temporal';

/**
 * Makes the plugin for the order clients and workers. With a key service, the service's key stands in the place of the
 * `LocalKey`; nothing else changes.
 *
 * @param keyringFile - as `waxseal keygen` writes it
 */
export function createEnvelopePlugin(keyringFile: string): EnvelopePlugin {
  return new EnvelopePlugin({ keyring: new Keyring({ primary: LocalKey.fromFile(keyringFile) }) });
}
