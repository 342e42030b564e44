export { AzureKeyVaultKey } from './azure-key-vault-key';
export type { AzureKeyVaultKeyOptions, AzureTokenCredential } from './options';
