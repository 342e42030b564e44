export { AwsKmsKey } from './aws-kms-key';
export type { AwsKmsKeyOptions } from './options';
export type { AwsKmsClient, AwsKmsSendOptions } from './client';
export { renewedCredentials } from './from-uri';
export type { AwsIdentity, AwsIdentityProperties, AwsIdentitySource } from './credentials';
