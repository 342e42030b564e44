export { GcpKmsKey } from './gcp-kms-key';
export type { GcpKmsKeyOptions } from './gcp-kms-key-options';
export type {
  GcpBytes,
  GcpCallOptions,
  GcpChecksum,
  GcpCryptoKey,
  GcpDecryptAnswer,
  GcpEncryptAnswer,
  GcpKmsClient,
} from './gcp-kms-client';
