import type { KeyService } from './key-service';
import { startAwsKms } from './start-aws-kms';
import { startAzureKeyVault } from './start-azure-key-vault';
import { startGoogleCloudKms } from './start-google-cloud-kms';
import { startOpenBaoTransit } from './start-openbao-transit';

/** How each key service is started that a program can be run against, by name. */
export const KEY_SERVICES: Readonly<Record<string, () => Promise<KeyService>>> = {
  'AWS KMS (double)': startAwsKms,
  'Google Cloud KMS (double)': startGoogleCloudKms,
  'Azure Key Vault (double)': startAzureKeyVault,
  'OpenBao Transit': startOpenBaoTransit,
};
