/** What can be asked about a key. */
export type AzureKeyVaultOperation = 'wrapKey' | 'unwrapKey' | 'getKey' | 'getRotationPolicy';
