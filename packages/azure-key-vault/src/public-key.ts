import { createPublicKey, type KeyObject } from 'node:crypto';

import type { KeyVaultKey } from '@azure/keyvault-keys';

import { AzureAnswerError } from './azure-answer-error';
import type { KeyVaultKeyReference } from './key-vault-key-reference';
import { keyStateOf } from './key-state';
import { versionOfAnswer } from './version-of-answer';

const MIN_BITS = 2048;

/** The public key of one version. */
export interface PublicKey {
  readonly version: string;
  readonly key: KeyObject;
}

/**
 * The public key in an answer to `Get Key`, refused where the service would refuse to wrap with it.
 *
 * @throws AzureAnswerError
 */
export function publicKeyOf(answer: KeyVaultKey, reference: KeyVaultKeyReference): PublicKey {
  const version = versionOfAnswer(answer.id, reference);
  const state = keyStateOf(answer, new Date());
  if (state !== 'Enabled')
    throw new AzureAnswerError(`The key’s version ${version} is ${state}.`, 'disabled');
  if (answer.keyOperations?.includes('wrapKey') === false) {
    throw new AzureAnswerError('The key’s operations do not include wrapKey.', 'denied');
  }
  const { n, e } = answer.key ?? {};
  if (n === undefined || e === undefined || !/^RSA(?:-HSM)?$/.test(answer.keyType ?? '')) {
    throw new AzureAnswerError('The key is no RSA key.', 'not-found');
  }
  const [modulus, exponent] = [n, e].map((part) => Buffer.from(part).toString('base64url'));
  const key = createPublicKey({
    key: { kty: 'RSA', n: String(modulus), e: String(exponent) },
    format: 'jwk',
  });
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < MIN_BITS) {
    throw new AzureAnswerError(`The key has fewer than ${String(MIN_BITS)} bits.`, 'not-found');
  }
  return { version, key };
}
