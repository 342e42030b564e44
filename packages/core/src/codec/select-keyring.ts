import { ConfigurationError } from '../errors/configuration-error';
import { Keyring } from '../keyring/keyring';
import type { KeyringContext, KeyringSelector } from '../keyring/keyring-selector';

/**
 * The keyring for a place.
 *
 * @throws ConfigurationError when the selector gives something else
 * @throws what the selector throws
 */
export function selectKeyring(keyring: Keyring | KeyringSelector, context: KeyringContext): Keyring {
  if (keyring instanceof Keyring) return keyring;
  const selected: unknown = keyring(context);
  if (!(selected instanceof Keyring)) {
    throw new ConfigurationError(
      'EnvelopeCodec: the keyring function gave no Keyring for a namespace or workflow. Return one, or throw an error that says why there is none.',
    );
  }
  return selected;
}
