export { AwsKmsKey } from './aws-kms-key';
export type { AwsKmsKeyOptions } from './aws-kms-key-options';
export type { AwsKmsClient, AwsKmsSendOptions } from './aws-kms-client';
