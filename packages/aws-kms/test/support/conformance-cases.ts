import type { KeyProviderSubject } from '@waxseal/conformance';

/** Why AWS KMS has no version in its key IDs. */
export const WITHOUT_VERSIONS = {
  versionedKeyIds: 'AWS KMS names no generation of key material when it encrypts; the ciphertext carries it',
} satisfies KeyProviderSubject['without'];

/** Why a service that nobody scripts cannot be put into states. */
export function withoutHooks(reason: string): NonNullable<KeyProviderSubject['without']> {
  return {
    ...WITHOUT_VERSIONS,
    disableKey: reason,
    enableKey: reason,
    deleteKey: reason,
    deny: reason,
    throttle: reason,
    disconnect: reason,
    delay: reason,
    cut: reason,
    rotate: reason,
    requests: reason,
  };
}
