import { type KeyId, assertKeyId, ConfigurationError } from '@waxseal/core/provider';
import { checkFields, checkText, KEY_NAME, parseVaultAddress, PATH } from './checks';
import { transitKeyId } from './key-name';
import type { VaultTlsOptions } from './tls-files';
import type { VaultFetch } from './transport';

/** What a `VaultTransitKey` is made of. */
export interface VaultTransitKeyOptions {
  /**
   * Base URL of Vault or OpenBao, such as `https://vault.example.com:8200`. Data keys travel in the requests,
   * so plain `http:` is taken for loopback addresses only, unless `allowInsecureHttp` is set.
   */
  readonly address: string;
  /** Takes an `http:` address that is not loopback, for a network that encrypts by itself. @default false */
  readonly allowInsecureHttp?: boolean | undefined;
  /** Path at which the Transit engine is mounted. @default 'transit' */
  readonly mount?: string | undefined;
  /**
   * Name of the Transit key. It must exist, encrypt with associated data (AES-GCM, ChaCha20-Poly1305) and not
   * be derived.
   */
  readonly keyName: string;
  /** How the provider proves who it is. */
  readonly auth: VaultAuth;
  /** Namespace, sent as `X-Vault-Namespace`; slashes around it are no part of it. */
  readonly namespace?: string | undefined;
  /**
   * Name of the key in payloads, which record `<id>/v<version>`.
   *
   * @default `vaulttransit://<mount>/<keyName>`, after a namespace
   *   `vaulttransit://<namespace>/<mount>/<keyName>`
   */
  readonly id?: KeyId | undefined;
  /** Certificates: a private authority, the client's own, another name of the server. */
  readonly tls?: VaultTlsOptions | undefined;
  /** URL of the proxy. @default what `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` say for the address */
  readonly proxy?: string | undefined;
  /** Sends the requests, in the place of what `tls` and `proxy` are for. @default `request` of undici */
  readonly fetch?: VaultFetch | undefined;
}

const OPTIONS = [
  'address',
  'allowInsecureHttp',
  'mount',
  'keyName',
  'auth',
  'namespace',
  'id',
  'tls',
  'proxy',
  'fetch',
] as const;
/** Room for versions to come. */
const MAX_VERSION = 999_999_999;

/** `VaultTransitKeyOptions`, checked; all but the credentials. */
export interface VaultSettings {
  readonly id: KeyId;
  /** What payloads record where no `id` is given. */
  readonly name: KeyId;
  /** Base URL without a slash at its end. */
  readonly address: string;
  readonly namespace: string | undefined;
  /** Paths under `/v1/`. */
  readonly encryptPath: string;
  readonly decryptPath: string;
  readonly keyPath: string;
}

/** @throws ConfigurationError that names the field */
export function vaultSettings(options: VaultTransitKeyOptions): VaultSettings {
  const given = checkFields(options, 'options', OPTIONS);
  const address = parseVaultAddress(given['address'], given['allowInsecureHttp'] === true);
  const keyName = checkText(given['keyName'], 'keyName', KEY_NAME);
  const mount = checkText(given['mount'] ?? 'transit', 'mount', PATH);
  const namespace =
    given['namespace'] === undefined
      ? undefined
      : checkText(withoutSlashes(given['namespace']), 'namespace', PATH);
  if (given['fetch'] !== undefined && (given['tls'] ?? given['proxy']) !== undefined) {
    throw new ConfigurationError(
      'VaultTransitKey: fetch takes the place of tls and proxy: leave it out, or give certificates and proxy to it.',
    );
  }
  const prefix = namespace === undefined ? '' : `${namespace}/`;
  const name = `vaulttransit://${prefix}${mount}/${keyName}`;
  const id = given['id'] ?? name;
  assertKeyId(id, 'VaultTransitKey: id');
  assertKeyId(transitKeyId(id, MAX_VERSION), 'VaultTransitKey: id with its version');
  return {
    id,
    name,
    address,
    namespace,
    encryptPath: `${mount}/encrypt/${encodeURIComponent(keyName)}`,
    decryptPath: `${mount}/decrypt/${encodeURIComponent(keyName)}`,
    keyPath: `${mount}/keys/${encodeURIComponent(keyName)}`,
  };
}

/** A token that somebody else made and renews. */
export interface VaultTokenAuth {
  /**
   * The token, or a function that is asked for it before each request, such as one that reads an agent's sink
   * file.
   */
  readonly token: string | (() => string | Promise<string>);
}

/** https://openbao.org/docs/auth/approle/ */
export interface VaultAppRoleAuth {
  readonly appRole: {
    readonly roleId: string;
    readonly secretId: string;
    /** Path of the auth method. @default 'approle' */
    readonly mount?: string | undefined;
  };
}

/** https://openbao.org/docs/auth/kubernetes/ */
export interface VaultKubernetesAuth {
  readonly kubernetes: {
    readonly role: string;
    /**
     * File with the service account's token, read again for each login. @default where Kubernetes mounts it
     */
    readonly jwtPath?: string | undefined;
    /** Path of the auth method. @default 'kubernetes' */
    readonly mount?: string | undefined;
  };
}

/** How a `VaultTransitKey` proves who it is: one of the three. */
export type VaultAuth = VaultTokenAuth | VaultAppRoleAuth | VaultKubernetesAuth;

function withoutSlashes(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/^\/+|\/+$/g, '') : value;
}
