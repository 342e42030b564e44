import { DecryptCommand, EncryptCommand } from '@aws-sdk/client-kms';
import type * as Sts from '@aws-sdk/client-sts';
import {
  DATA_KEY_BYTES,
  KeyServiceError,
  type KeyId,
  type KeyPermission,
  type KeyRequestOptions,
} from '@waxseal/core/provider';
import { askAwsKms, type AwsKmsClient } from './client';
import { awsKmsRequestParameters } from './exchange';
import type { CheckedAwsKmsKeyOptions } from './options';

/**
 * Asks with `DryRun` whether the caller may do one thing. Nothing is encrypted or decrypted; the right to
 * unwrap is asked without a ciphertext (`DryRunModifiers: IGNORE_CIPHERTEXT`).
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
  const { client, reference } = options;
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
    await askAwsKms(keyId, request, (signal) => send(signal).catch(assertWouldSucceed));
    return { allowed: true };
  } catch (error) {
    if (error instanceof KeyServiceError) return { allowed: false, error };
    throw error;
  }
}

function assertWouldSucceed(error: unknown): void {
  if ((error as { name?: unknown } | undefined)?.name !== 'DryRunOperationException') throw error;
}

/**
 * The ARN that AWS knows the client's credentials by (`sts:GetCallerIdentity`, which needs no rights).
 * `undefined` where `@aws-sdk/client-sts` is not installed, the client does not show its credentials, or STS
 * does not answer: nothing depends on it.
 */
export async function callerArn(client: AwsKmsClient, signal: AbortSignal): Promise<string | undefined> {
  const { credentials, region } = client.config ?? {};
  const sts = loadSts();
  if (sts === undefined || credentials === undefined || region === undefined) return undefined;
  const { STSClient, GetCallerIdentityCommand } = sts;
  try {
    const client = new STSClient({ credentials, region, maxAttempts: 1 } as Sts.STSClientConfig);
    try {
      return (await client.send(new GetCallerIdentityCommand({}), { abortSignal: signal })).Arn;
    } finally {
      client.destroy();
    }
  } catch {
    return undefined;
  }
}

function loadSts(): typeof Sts | undefined {
  try {
    // An optional package, of use to one method only.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require('@aws-sdk/client-sts') as typeof Sts;
  } catch {
    return undefined;
  }
}
