import type { KeyId, KeyRequestPolicy } from '@waxseal/core';

import type { VaultAuth } from './vault-auth';
import type { VaultFetch } from './vault-fetch';

/** What a `VaultTransitKey` is made of. */
export interface VaultTransitKeyOptions {
  /**
   * Base URL of Vault or OpenBao, such as `https://vault.example.com:8200`. Data keys travel in the requests, so plain
   * `http:` is taken for loopback addresses only, unless `allowInsecureHttp` is set.
   */
  readonly address: string;
  /** Takes an `http:` address that is not loopback, for a network that encrypts by itself. @default false */
  readonly allowInsecureHttp?: boolean | undefined;
  /** Path at which the Transit engine is mounted. @default 'transit' */
  readonly mount?: string | undefined;
  /** Name of the Transit key. It must exist, encrypt with associated data (AES-GCM, ChaCha20-Poly1305) and not be derived. */
  readonly keyName: string;
  /** How the provider proves who it is. */
  readonly auth: VaultAuth;
  /** Namespace, sent as `X-Vault-Namespace`. */
  readonly namespace?: string | undefined;
  /**
   * Name of the key in payloads, which record `<id>/v<version>`.
   *
   * @default `vaulttransit://<mount>/<keyName>`, after a namespace `vaulttransit://<namespace>/<mount>/<keyName>`
   */
  readonly id?: KeyId | undefined;
  /** How long and how often the service is asked. */
  readonly request?: KeyRequestPolicy | undefined;
  /** Sends the requests, for a proxy or a private certificate authority. @default the global `fetch` */
  readonly fetch?: VaultFetch | undefined;
}
