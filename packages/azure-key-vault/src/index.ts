export { AzureKeyVaultKey } from './azure-key-vault-key';
export type { AzureKeyVaultKeyOptions, AzureTokenCredential } from './azure-key-vault-key-options';
export { AzureAnswerError, type AzureAnswerErrorDetails } from './azure-answer-error';
