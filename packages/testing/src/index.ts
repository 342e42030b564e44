export { startAwsKmsDouble } from './aws-kms/start-aws-kms-double';
export type { AwsKmsDouble } from './aws-kms/aws-kms-double';
export type { AwsKmsDoubleKey } from './aws-kms/aws-kms-double-key';
export type { AwsKmsDoubleOptions } from './aws-kms/aws-kms-double-options';
export type { AwsKmsBehaviour } from './aws-kms/aws-kms-behaviour';
export type { AwsKmsKeyState } from './aws-kms/aws-kms-key-state';
export type { AwsKmsRecordedRequest } from './aws-kms/aws-kms-recorded-request';
export type { KeyMaterial, KeyMaterials } from './aws-kms/key-materials';
