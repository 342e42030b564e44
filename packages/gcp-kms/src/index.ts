export { GcpKmsKey } from './gcp-kms-key';
export type { GcpKmsKeyOptions } from './options';
export type {
  GcpBytes,
  GcpCallOptions,
  GcpChecksum,
  GcpCryptoKey,
  GcpDecryptAnswer,
  GcpEncryptAnswer,
  GcpKmsClient,
} from './client';
