import type { KeyId } from '@waxseal/core';

/** A local key of one version. */
export interface SingleLocalKeyOptions {
  /** The key ID that is recorded in payloads, as it is. */
  readonly id: KeyId;
  /** 32 random bytes. They are copied; zero yours afterwards. */
  readonly key: Uint8Array;
}

/** A local key with versions, as a key service has them. */
export interface VersionedLocalKeyOptions {
  /** Name of the key. Payloads record `<id>/v<version>`. */
  readonly id: KeyId;
  /** 32 random bytes by version, a whole number from 1. They are copied; zero yours afterwards. */
  readonly versions: Readonly<Record<number, Uint8Array>>;
  /** The version that wraps; all of them unwrap. */
  readonly primaryVersion: number;
}

/** What a `LocalKey` is made of. */
export type LocalKeyOptions = SingleLocalKeyOptions | VersionedLocalKeyOptions;
