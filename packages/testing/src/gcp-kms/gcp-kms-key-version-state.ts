/**
 * State of a key version, by the names of `CryptoKeyVersion.CryptoKeyVersionState`. Encrypting and decrypting needs
 * `ENABLED`; getting works in every state.
 */
export type GcpKmsKeyVersionState =
  | 'PENDING_GENERATION'
  | 'ENABLED'
  | 'DISABLED'
  | 'DESTROY_SCHEDULED'
  | 'DESTROYED'
  | 'PENDING_IMPORT'
  | 'IMPORT_FAILED'
  | 'GENERATION_FAILED';
