export {
  startAwsKmsDouble,
  type AwsKmsDouble,
  type AwsKmsDoubleOptions,
  type AwsKmsRecordedRequest,
  type AwsKmsRight,
} from './aws-kms/aws-kms-double';
export {
  startAwsCredentialSource,
  type AwsCredentialSource,
  type AwsCredentialSourceKind,
} from './aws-kms/credential-source';
export { makeLoopbackCertificate, type LoopbackCertificate } from './loopback';
export type { AwsKmsDoubleKey, AwsKmsKeyState, KeyMaterial, KeyMaterials } from './aws-kms/key';
export type { AwsKmsBehaviour } from './aws-kms/response';
export {
  startAzureKeyVaultDouble,
  type AzureKeyVaultDouble,
  type AzureKeyVaultDoubleOptions,
  type AzureKeyVaultRecordedRequest,
} from './azure-key-vault/azure-key-vault-double';
export type { AzureKeyVaultDoubleKey, AzureKeyVaultKeyVersion } from './azure-key-vault/key';
export type { AzureKeyVaultBehaviour } from './azure-key-vault/response';
export type { AzureKeyVaultOperation } from './azure-key-vault/request';
export {
  startGcpKmsDouble,
  type GcpKmsDouble,
  type GcpKmsDoubleOptions,
  type GcpKmsClientOptions,
} from './gcp-kms/gcp-kms-double';
export type {
  GcpKmsDoubleKey,
  GcpKmsDoubleKeyVersion,
  GcpKmsKeyVersionState,
  GcpKmsPurpose,
} from './gcp-kms/key';
export type { GcpKmsBehaviour } from './gcp-kms/grpc';
export type { GcpKmsPermission, GcpKmsRecordedRequest } from './gcp-kms/request';
export type { GcpServiceAccount } from './gcp-kms/service-accounts';
