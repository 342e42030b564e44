import type { KeyProviderSubject } from './key-provider-subject';

/**
 * The `without` of a service that a test can neither script nor put into states, such as the real one with a user's keys.
 *
 * @param reason stands in the titles of the cases that are not run
 */
export function withoutHooks(reason: string): NonNullable<KeyProviderSubject['without']> {
  return {
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
