import { DecryptCommand, EncryptCommand } from '@aws-sdk/client-kms';
import {
  DATA_KEY_BYTES,
  KeyServiceError,
  type KeyId,
  type KeyPermission,
  type KeyRequestOptions,
} from '@waxseal/core';

import { askAwsKms } from './ask-aws-kms';
import { awsKmsRequestParameters } from './aws-kms-request-parameters';
import type { CheckedAwsKmsKeyOptions } from './check-aws-kms-key-options';

/**
 * Asks with `DryRun` whether the caller may do one thing. Nothing is encrypted or decrypted; the right to unwrap is asked
 * without a ciphertext (`DryRunModifiers: IGNORE_CIPHERTEXT`).
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/testing-permissions.html
 */
export async function dryRun(
  operation: 'wrap' | 'unwrap',
  options: CheckedAwsKmsKeyOptions,
  keyId: KeyId,
  aad: Uint8Array,
  request: KeyRequestOptions | undefined,
): Promise<KeyPermission> {
  const { client, reference, limits } = options;
  const parameters = { ...awsKmsRequestParameters(options, aad), KeyId: reference.text, DryRun: true };
  const send = (abortSignal: AbortSignal): Promise<unknown> =>
    operation === 'wrap'
      ? client.send(new EncryptCommand({ ...parameters, Plaintext: new Uint8Array(DATA_KEY_BYTES) }), {
          abortSignal,
        })
      : client.send(new DecryptCommand({ ...parameters, DryRunModifiers: ['IGNORE_CIPHERTEXT'] }), {
          abortSignal,
        });
  try {
    await askAwsKms(limits, keyId, request, (signal) => send(signal).catch(assertWouldSucceed));
    return { allowed: true };
  } catch (error) {
    if (error instanceof KeyServiceError) return { allowed: false, error };
    throw error;
  }
}

function assertWouldSucceed(error: unknown): void {
  if ((error as { name?: unknown } | undefined)?.name !== 'DryRunOperationException') throw error;
}
