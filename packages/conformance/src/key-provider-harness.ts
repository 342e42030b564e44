import type { KeyEncryptionKey } from '@waxseal/core/provider';

/**
 * One case's own surroundings: two keys A and B of one service, and hooks that change the state of A or of
 * the way to the service. A case opens a harness, runs and closes it; what a hook did must not outlive the
 * harness.
 *
 * A hook that is missing must be named in the subject's `without`, with the reason.
 */
export interface KeyProviderHarness {
  /**
   * Strings that no error and no `inspect` may show: tokens, passwords, key material as text. 8 characters or
   * more each.
   */
  readonly secrets: readonly string[];

  /** A new provider object for key A. Must not call the service. */
  key(): KeyEncryptionKey | Promise<KeyEncryptionKey>;
  /** A new provider object for key B. */
  otherKey(): KeyEncryptionKey | Promise<KeyEncryptionKey>;
  /** A new provider object for a key that the service does not have, with rights that would allow its use. */
  unknownKey?(): KeyEncryptionKey | Promise<KeyEncryptionKey>;

  /** Disables key A at the service. */
  disableKey?(): void | Promise<void>;
  /** Enables key A after `disableKey`. */
  enableKey?(): void | Promise<void>;
  /** Deletes key A, or schedules its deletion where the service only does that. */
  deleteKey?(): void | Promise<void>;
  /** Rotates key A as the service does it; provider objects made later know of it. */
  rotate?(): void | Promise<void>;
  /** Takes away the right to use key A, from provider objects made before and after. */
  deny?(): void | Promise<void>;

  /**
   * Leaves the provider objects that are made from now on the rights that the provider's documents give to
   * this role, and no other. Best with those documents themselves: a policy that is read from them.
   */
  grantOnly?(role: KeyProviderRole): void | Promise<void>;

  /** Answers the next `times` requests as the service does when a quota is exhausted. */
  throttle?(times: number): void | Promise<void>;
  /** Makes the service unreachable from now on: connections are refused. */
  disconnect?(): void | Promise<void>;
  /** Holds each answer back this long from now on. */
  delay?(ms: number): void | Promise<void>;
  /** Cuts the connection in the middle of each of the next `times` answers. */
  cut?(times: number): void | Promise<void>;
  /** Requests that the service, or what stands before it, has had so far. */
  requests?(): number;

  /** Frees what the harness holds. Called once, also after a failure. */
  close(): void | Promise<void>;
}

/**
 * Who uses a key: a worker wraps and unwraps, a decoder (a Codec Server that only decodes) unwraps, and a
 * doctor (`waxseal doctor`) wraps, unwraps and looks at the key.
 */
export type KeyProviderRole = 'worker' | 'decoder' | 'doctor';

/**
 * What a harness can do to the service, or what the service itself can do, beyond wrapping and unwrapping.
 *
 * | capability | given by |
 * | --- | --- |
 * | `disableKey`, `enableKey`, `deleteKey`, `rotate`, `deny`, `throttle`, `disconnect`, `delay`, `cut` | the
 * hook of the harness of that name |
 * | `unknownKey`, `requests`, `grantOnly` | the hook of the harness of that name |
 * | `freshWraps` | the service: wraps the same data key into other bytes each time (AES-KW does not) |
 * | `versionedKeyIds` | the service: says which version of the key it used, and the provider records it |
 * | `versionedUnwraps` | the service: takes the version when it unwraps, or tells which one it used |
 * | `describe`, `checkPermissions` | the provider: has the optional method of that name |
 */
export type KeyProviderCapability =
  | 'disableKey'
  | 'enableKey'
  | 'deleteKey'
  | 'unknownKey'
  | 'deny'
  | 'grantOnly'
  | 'throttle'
  | 'disconnect'
  | 'delay'
  | 'cut'
  | 'rotate'
  | 'requests'
  | 'freshWraps'
  | 'versionedKeyIds'
  | 'versionedUnwraps'
  | 'describe'
  | 'checkPermissions';

/**
 * The `without` of a service that a test can neither script nor put into states, such as the real one with a
 * user's keys.
 *
 * @param reason stands in the titles of the cases that are not run
 */
export function withoutHooks(reason: string): NonNullable<KeyProviderSubject['without']> {
  return {
    disableKey: reason,
    enableKey: reason,
    deleteKey: reason,
    deny: reason,
    grantOnly: reason,
    throttle: reason,
    disconnect: reason,
    delay: reason,
    cut: reason,
    rotate: reason,
    requests: reason,
  };
}

/** A provider, as the suite is given it. */
export interface KeyProviderSubject {
  /** Shown in titles, such as `VaultTransitKey`. */
  readonly name: string;
  /**
   * What the service or the harness cannot do, each with the reason. Cases that need it are reported as not
   * run. What is neither here nor in the harness is a failure.
   */
  readonly without?: Readonly<Partial<Record<KeyProviderCapability, string>>>;
  /** Makes a harness with keys of its own. */
  open(): KeyProviderHarness | Promise<KeyProviderHarness>;
}
