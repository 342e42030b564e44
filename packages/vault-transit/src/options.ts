import { type KeyId, assertKeyId, ConfigurationError } from '@waxseal/core/provider';
import { transitKeyId } from './key-name';

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
  /** Namespace, sent as `X-Vault-Namespace`. */
  readonly namespace?: string | undefined;
  /**
   * Name of the key in payloads, which record `<id>/v<version>`.
   *
   * @default `vaulttransit://<mount>/<keyName>`, after a namespace
   *   `vaulttransit://<namespace>/<mount>/<keyName>`
   */
  readonly id?: KeyId | undefined;
  /** Sends the requests, for a proxy or a private certificate authority. @default the global `fetch` */
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
  'fetch',
] as const;
/** Room for versions to come. */
const MAX_VERSION = 999_999_999;

/** `VaultTransitKeyOptions`, checked; all but the credentials. */
export interface VaultSettings {
  readonly id: KeyId;
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
    given['namespace'] === undefined ? undefined : checkText(given['namespace'], 'namespace', PATH);
  const prefix = namespace === undefined ? '' : `${namespace}/`;
  const id = given['id'] ?? `vaulttransit://${prefix}${mount}/${keyName}`;
  assertKeyId(id, 'VaultTransitKey: id');
  assertKeyId(transitKeyId(id, MAX_VERSION), 'VaultTransitKey: id with its version');
  return {
    id,
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

/** What a text must match, and that in words. */
interface TextForm {
  readonly pattern: RegExp;
  readonly words: string;
}

/** A Transit key's name, as the engine's own routes take it. */
const KEY_NAME: TextForm = {
  pattern: /^\w(?:[\w.-]{0,254}\w)?$/,
  words: 'letters, digits, "_", "-" and ".", not beginning or ending with "-" or "."',
};

/** A mount path or namespace: segments that can stand in a URL as they are, none of them `.` or `..`. */
export const PATH: TextForm = {
  pattern: /^(?!.{513})[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/,
  words: 'a path of letters, digits, "_", "-" and ".", such as "transit" or "team/transit"',
};

/** What can stand in a header or a JSON field as a credential. */
export const CREDENTIAL: TextForm = {
  pattern: /^[\x21-\x7e]{1,8192}$/,
  words: 'a text without spaces or line ends; read it from a secret store and trim it',
};

/**
 * The fields of an option that is an object.
 *
 * @param field name of the option, for the message
 * @throws ConfigurationError when there is a field that is not among `names`
 */
export function checkFields(value: unknown, field: string, names: readonly string[]): JsonObject {
  const given = jsonObject(value);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `VaultTransitKey: ${JSON.stringify(unknown)} is not one of ${field}: ${names.join(', ')}.`,
    );
  }
  return given;
}

/**
 * @param field name of the option, for the message
 * @param form what the text must match; the message does not show the text
 * @throws ConfigurationError when `value` is no such text
 */
export function checkText(value: unknown, field: string, { pattern, words }: TextForm): string {
  if (typeof value !== 'string' || !pattern.test(value)) {
    throw new ConfigurationError(`VaultTransitKey: ${field} must be ${words}.`);
  }
  return value;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * The base URL of a server, without a slash at its end.
 *
 * @param allowInsecureHttp whether `http:` may lead off this machine
 * @throws ConfigurationError when it is no such URL
 */
function parseVaultAddress(address: unknown, allowInsecureHttp: boolean): string {
  const url = typeof address === 'string' ? parse(address) : null;
  if (
    url === null ||
    !['http:', 'https:'].includes(url.protocol) ||
    [url.username, url.password, url.search, url.hash].some((part) => part !== '')
  ) {
    throw new ConfigurationError(
      'VaultTransitKey: address must be an http: or https: URL without credentials, query or fragment, such as "https://vault.example.com:8200".',
    );
  }
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname) && !allowInsecureHttp) {
    throw new ConfigurationError(
      'VaultTransitKey: address must be https:, because data keys and the token travel in the requests. Where the network encrypts by itself, set allowInsecureHttp: true.',
    );
  }
  return url.href.replace(/\/+$/, '');
}

function parse(address: string): URL | null {
  return URL.canParse(address) ? new URL(address) : null;
}

/** A JSON object whose fields are not known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** `value` where it is a JSON object, else an empty one. */
export function jsonObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {};
}

/** The part of an HTTP answer that is read. */
export interface VaultFetchAnswer {
  readonly status: number;
  readonly headers?: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** The part of `fetch` that is used. It must honour `redirect: 'manual'`: a request carries a token. */
export type VaultFetch = (
  url: string,
  init: {
    readonly method: 'GET' | 'POST';
    readonly headers: Record<string, string>;
    readonly body?: string;
    readonly redirect: 'manual';
    readonly signal: AbortSignal;
  },
) => Promise<VaultFetchAnswer>;
