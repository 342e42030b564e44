export { AwsKmsKey } from './aws-kms-key';
export type { AwsKmsKeyOptions } from './aws-kms-key-options';
export type { AwsKmsClient, AwsKmsSendOptions } from './aws-kms-client';
export type { AwsKmsKeyDescription } from './aws-kms-key-description';
export type { AwsKmsPermission, AwsKmsPermissions } from './aws-kms-permissions';
