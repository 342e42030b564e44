import { AzureAnswerError } from './azure-answer-error';
import type { KeyVaultKeyReference } from './key-vault-key-reference';
import { keyVersionOf } from './key-version-of';

/**
 * The version of the configured key that the service says it used.
 *
 * @param kid key identifier in the answer
 * @throws AzureAnswerError when it is no version of that key, or not the version that `reference` names
 */
export function versionOfAnswer(kid: unknown, reference: KeyVaultKeyReference): string {
  // Hosts and names are case-insensitive, and the service may write the name as it was created.
  const version =
    typeof kid === 'string' ? keyVersionOf(kid.toLowerCase(), reference.url.toLowerCase()) : undefined;
  if (version === undefined || (reference.version !== undefined && reference.version !== version)) {
    throw new AzureAnswerError(
      'Azure Key Vault answered for another key or version than was asked.',
      'unknown',
    );
  }
  return version;
}
