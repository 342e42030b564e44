import type { KeyProviderSubject } from '@waxseal/conformance';

/** Why one case on versions cannot be run. */
export const WITHOUT_VERSION_CHECK = {
  versionedUnwraps:
    'Decrypt does not say which version it used; the envelope authenticates the recorded version instead',
} satisfies KeyProviderSubject['without'];

/** Why a service that nobody scripts cannot be put into states. */
export function withoutHooks(reason: string): NonNullable<KeyProviderSubject['without']> {
  return {
    ...WITHOUT_VERSION_CHECK,
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
