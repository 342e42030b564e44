/** A right that the double knows of, by its name in IAM. */
export type GcpKmsPermission =
  | 'cloudkms.cryptoKeyVersions.useToEncrypt'
  | 'cloudkms.cryptoKeyVersions.useToDecrypt'
  | 'cloudkms.cryptoKeys.get'
  | 'cloudkms.cryptoKeyVersions.get';
