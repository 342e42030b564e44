import { DecryptCommand, EncryptCommand } from '@aws-sdk/client-kms';
import type * as Sts from '@aws-sdk/client-sts';
import {
  DATA_KEY_BYTES,
  KeyServiceError,
  type KeyServiceErrorReason,
  type KeyId,
  type KeyPermission,
  type KeyPermissions,
  type KeyRequestOptions,
} from '@waxseal/core/provider';
import { askAwsKms, type AwsKmsClient, type AwsKmsSend } from './client';
import { AWS_ERROR_REASONS } from './errors';
import { awsKmsRequestParameters } from './exchange';
import type { CheckedAwsKmsKeyOptions } from './options';

/** What a service answered about a right. Any other error tells of no right: nothing was answered. */
const ANSWERS: ReadonlySet<KeyServiceErrorReason> = new Set(['denied', 'not-found', 'disabled']);
/** Of a service that is no AWS KMS, or of an SDK that drops the member that it does not know. */
const NOT_UNDERSTOOD: ReadonlySet<unknown> = new Set([
  'ValidationException',
  'SerializationException',
  'UnknownOperationException',
]);

/**
 * Asks with `DryRun` whether the caller may do one thing. Nothing is encrypted or decrypted; the right to
 * unwrap is asked without a ciphertext (`DryRunModifiers: IGNORE_CIPHERTEXT`, which the SDK knows since
 * 3.991).
 *
 * @returns `allowed: undefined` where the service did not understand the question
 * @throws KeyServiceError when the question was not answered
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
  const ask = (send: AwsKmsSend): Promise<unknown> =>
    operation === 'wrap'
      ? send(new EncryptCommand({ ...parameters, Plaintext: new Uint8Array(DATA_KEY_BYTES) }))
      : send(new DecryptCommand({ ...parameters, DryRunModifiers: ['IGNORE_CIPHERTEXT'] }));
  try {
    await askAwsKms(client, keyId, request, (send) => ask(send).catch(assertWouldSucceed));
    return { allowed: true };
  } catch (error) {
    if (!(error instanceof KeyServiceError)) throw error;
    const { name, details } = (error.cause ?? {}) as { name?: unknown; details?: { originalName?: unknown } };
    // A gateway or the SDK itself can refuse too, and knows nothing of rights.
    const isAnswer = AWS_ERROR_REASONS.has(String(details?.originalName ?? name));
    if (isAnswer && ANSWERS.has(error.reason)) return { allowed: false, error };
    if (NOT_UNDERSTOOD.has(name)) {
      return { allowed: undefined, because: `DryRun was answered with ${String(name)}.` };
    }
    throw error;
  }
}

function assertWouldSucceed(error: unknown): void {
  if ((error as { name?: unknown } | undefined)?.name !== 'DryRunOperationException') throw error;
}

/** The caller's name, or why it is not known. */
export type Caller = Pick<KeyPermissions, 'caller' | 'callerUnknownBecause'>;

/** The caller where STS did not answer in time, or refused. */
export const CALLER_WITHOUT_ANSWER: Caller = {
  caller: undefined,
  callerUnknownBecause: 'AWS STS gave no answer; it may not be reachable from here',
};

/**
 * The ARN that AWS knows the client's credentials by (`sts:GetCallerIdentity`, which needs no rights).
 * Nothing depends on it.
 */
export async function callerOf(client: AwsKmsClient, signal: AbortSignal): Promise<Caller> {
  const { credentials, region } = client.config ?? {};
  const sts = loadSts();
  if (sts === undefined) {
    return { caller: undefined, callerUnknownBecause: 'npm install @aws-sdk/client-sts to have it named' };
  }
  if (credentials === undefined || region === undefined) {
    return { caller: undefined, callerUnknownBecause: 'the client does not show its credentials and region' };
  }
  const { STSClient, GetCallerIdentityCommand } = sts;
  try {
    const client = new STSClient({ credentials, region, maxAttempts: 1 } as Sts.STSClientConfig);
    try {
      return { caller: (await client.send(new GetCallerIdentityCommand({}), { abortSignal: signal })).Arn };
    } finally {
      client.destroy();
    }
  } catch {
    return CALLER_WITHOUT_ANSWER;
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
