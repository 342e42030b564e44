import type { KeyProviderSubject } from '@waxseal/conformance';

/** Why AWS KMS has no version in its key IDs. */
export const WITHOUT_VERSIONS = {
  versionedKeyIds: 'AWS KMS names no generation of key material when it encrypts; the ciphertext carries it',
} satisfies KeyProviderSubject['without'];
