/** What a key is for, by the names of `CryptoKey.CryptoKeyPurpose`. Only `ENCRYPT_DECRYPT` encrypts here. */
export type GcpKmsPurpose =
  'ENCRYPT_DECRYPT' | 'RAW_ENCRYPT_DECRYPT' | 'ASYMMETRIC_DECRYPT' | 'ASYMMETRIC_SIGN' | 'MAC';
