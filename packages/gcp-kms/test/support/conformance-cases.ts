import type { KeyProviderSubject } from '@waxseal/conformance';

/** Why one case on versions cannot be run. */
export const WITHOUT_VERSION_CHECK = {
  versionedUnwraps:
    'Decrypt does not say which version it used; the envelope authenticates the recorded version instead',
} satisfies KeyProviderSubject['without'];
