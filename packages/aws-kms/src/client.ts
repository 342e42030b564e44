import type {
  DecryptCommand,
  DecryptCommandOutput,
  DescribeKeyCommand,
  DescribeKeyCommandOutput,
  EncryptCommand,
  EncryptCommandOutput,
} from '@aws-sdk/client-kms';
import {
  requestKeyService,
  type KeyId,
  type KeyRequestLimits,
  type KeyRequestOptions,
} from '@waxseal/core/provider';
import { explainAwsError } from './errors';

/** What is given with each request. */
export interface AwsKmsSendOptions {
  readonly abortSignal?: AbortSignal;
}

/** The part of a `KMSClient` that is used: any client of the AWS SDK for JavaScript v3 has it. */
export interface AwsKmsClient {
  /** Of use to name the caller only. */
  readonly config?: { readonly credentials?: unknown; readonly region?: unknown };
  send(command: EncryptCommand, options?: AwsKmsSendOptions): Promise<EncryptCommandOutput>;
  send(command: DecryptCommand, options?: AwsKmsSendOptions): Promise<DecryptCommandOutput>;
  send(command: DescribeKeyCommand, options?: AwsKmsSendOptions): Promise<DescribeKeyCommandOutput>;
}

/**
 * Asks AWS KMS within the deadlines of a request.
 *
 * @param keyId the key that is asked, for errors
 * @param attempt sends one request
 * @throws KeyServiceError with the SDK's error as its `cause`, safe to log
 */
export function askAwsKms<T>(
  keyId: KeyId,
  options: KeyRequestOptions | undefined,
  attempt: (signal: AbortSignal, limits: KeyRequestLimits) => Promise<T>,
): Promise<T> {
  return requestKeyService({ keyId, options, attempt, explain: explainAwsError });
}
