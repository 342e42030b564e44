import type { KeyEncryptionKey, KeyRequestLimits, KeyRequestOptions } from '@waxseal/core/provider';

/** How many arguments come before the options of a request. */
const BEFORE_OPTIONS: ReadonlyMap<string | symbol, number> = new Map([
  ['wrap', 2],
  ['unwrap', 2],
  ['describe', 0],
  ['checkPermissions', 1],
]);

/**
 * A key whose service is asked within these limits, as a keyring with `requests` asks it. A limit that a call
 * gives itself is kept.
 *
 * @param limits what is left out is the provider's default
 * @returns stands for `key`: has all that it has, and prints as it does
 */
export function withLimits<Key extends KeyEncryptionKey>(key: Key, limits: Partial<KeyRequestLimits>): Key {
  return new Proxy(key, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      const before = BEFORE_OPTIONS.get(name);
      return (...given: unknown[]): unknown => {
        if (before !== undefined) {
          const options = given[before] as KeyRequestOptions | undefined;
          given[before] = { ...options, limits: { ...limits, ...options?.limits } };
        }
        return Reflect.apply(member, target, given) as unknown;
      };
    },
  });
}
