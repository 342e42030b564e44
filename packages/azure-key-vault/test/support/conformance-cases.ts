import type { KeyProviderSubject } from '@waxseal/conformance';

/** Why AES key wrap answers the same bytes each time. */
export const DETERMINISTIC = {
  freshWraps: 'AES key wrap (RFC 3394) takes no random bytes',
} satisfies KeyProviderSubject['without'];

/** Why a wrap with a public key in this process does not see the service. */
export const WRAPS_WITHOUT_REQUESTS = Object.fromEntries(
  ['disableKey', 'deleteKey', 'deny', 'throttle', 'disconnect', 'delay', 'cut'].map((hook) => [
    hook,
    'a wrap makes no request while the public key is fresh; wrap-locally.test.ts has what can be seen',
  ]),
) as NonNullable<KeyProviderSubject['without']>;
