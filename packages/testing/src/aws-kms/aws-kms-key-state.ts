/**
 * State of a key. What each state allows follows "Key states of AWS KMS keys" of the AWS KMS Developer Guide: encrypting and
 * decrypting needs `Enabled`; describing works in every state.
 */
export type AwsKmsKeyState =
  'Enabled' | 'Disabled' | 'PendingDeletion' | 'PendingImport' | 'Creating' | 'Unavailable';
