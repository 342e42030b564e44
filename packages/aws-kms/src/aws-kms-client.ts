import type {
  DecryptCommand,
  DecryptCommandOutput,
  DescribeKeyCommand,
  DescribeKeyCommandOutput,
  EncryptCommand,
  EncryptCommandOutput,
} from '@aws-sdk/client-kms';

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
