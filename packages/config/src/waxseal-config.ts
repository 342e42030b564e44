import type { PayloadCodec } from '@temporalio/common';
import type {
  EnvelopeCodecOptions,
  KeyGuardOptions,
  Keyring,
  KeyringSelector,
  Duration,
} from '@waxseal/core';

/** Options of the envelope codec that {@link WaxsealConfig} leaves to be made: all but the keys. */
export type EnvelopeConfig = Omit<EnvelopeCodecOptions, 'keyring'>;

/**
 * What a `waxseal.config` file exports. The keys stand in one place: in `codecs`, in `keyring`, or as URIs. A
 * JSON file has URIs; one in JavaScript or TypeScript may have any of them.
 */
export interface WaxsealConfig {
  /** Keys made in code. Excludes URIs. */
  readonly keyring?: Keyring | KeyringSelector | undefined;
  /**
   * URI of the key that wraps and unwraps. Without it nothing can be encoded. `WAXSEAL_PRIMARY_KEY` takes its
   * place.
   */
  readonly primaryKey?: string | undefined;
  /** URIs of further keys that every data key is wrapped for. `WAXSEAL_ALSO_WRAP_FOR` takes its place. */
  readonly alsoWrapFor?: readonly string[] | undefined;
  /** URIs of keys that only unwrap. `WAXSEAL_DECRYPT_KEYS` takes its place. */
  readonly decryptKeys?: readonly string[] | undefined;
  /** Whether all keys must wrap, or one is enough: `wrapPolicy` of a `Keyring`. For keys by URI. */
  readonly wrapPolicy?: 'all' | 'atLeastOne' | undefined;
  /** Deadlines, circuit breaker and limits of key requests: `requests` of a `Keyring`. For keys by URI. */
  readonly requests?: KeyGuardOptions | undefined;
  /** Options of the envelope codec. Not beside an envelope codec in `codecs`. */
  readonly envelope?: EnvelopeConfig | undefined;
  /**
   * The codecs of workers, clients and Codec Server, in the order in which they encode. Where none of them is
   * an `EnvelopeCodec`, one is added at the end.
   */
  readonly codecs?: readonly PayloadCodec[] | undefined;
  /** What `waxseal serve` does, where the command line does not say otherwise. */
  readonly server?: ServerConfig | undefined;
}

/** Settings of a Codec Server, as `@waxseal/codec-server` documents them. */
export interface ServerConfig {
  /** Address to bind. */
  readonly host?: string | undefined;
  /** Port to bind; 0 for any free one. */
  readonly port?: number | undefined;
  /** Origins of the Web UIs that may call. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Whether those may send cookies. */
  readonly allowCredentials?: boolean | undefined;
  /** Whether `/encode` is served. */
  readonly allowEncode?: boolean | undefined;
  /** Namespace of requests that name none. */
  readonly defaultNamespace?: string | undefined;
  /** Path in front of all routes. */
  readonly basePath?: string | undefined;
  /** Largest request body, in bytes. */
  readonly bodyLimitBytes?: number | undefined;
  /** Longest time from a request's headers to the answer, such as `'7s'`. */
  readonly deadline?: Duration | undefined;
  /** How requests prove who makes them: `auth` of `@waxseal/codec-server`, which checks it. */
  readonly auth?: readonly Readonly<Record<string, unknown>>[] | undefined;
  /** Who may do what: `authorize` of `@waxseal/codec-server`: rules, or in code a function. */
  readonly authorize?:
    readonly Readonly<Record<string, unknown>>[] | ((...parameters: never[]) => unknown) | undefined;
  /** Decode policies by name: `policies` of `@waxseal/codec-server`, which checks them. */
  readonly policies?: Readonly<Record<string, unknown>> | undefined;
  /** In code: codecs of single namespaces, `namespaces` of `@waxseal/codec-server`, which checks them. */
  readonly namespaces?: Readonly<Record<string, unknown>> | undefined;
  /**
   * In code: where workers keep large payloads, `externalStorage` of `@waxseal/codec-server`, which checks
   * it.
   */
  readonly externalStorage?: Readonly<Record<string, unknown>> | undefined;
  /** Format of the log: `json` for a line of JSON each. Default: `text`. */
  readonly log?: 'text' | 'json' | undefined;
  /** Whether `/metrics` is served. */
  readonly metrics?: boolean | undefined;
  /** Where the record of every request goes: `stdout`, `otlp`, or the path of a file that is appended to. */
  readonly audit?: string | undefined;
  /** What becomes of one payload of many that cannot be decoded. */
  readonly onPayloadError?: 'fail' | 'passthrough' | 'placeholder' | undefined;
  /** Requests of one principal at a time. */
  readonly maxConcurrentRequests?: number | undefined;
  /** Requests of one principal in a while; without `auth`, of everybody together. */
  readonly rateLimit?: { readonly requestsPerSecond: number; readonly burst: number } | undefined;
  readonly keyRequestLimit?: { readonly requestsPerSecond: number; readonly burst: number } | undefined;
  /** Failed sign-ins of one address in a while. */
  readonly signInLimit?: { readonly requestsPerSecond: number; readonly burst: number } | undefined;
  /** Addresses and networks of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** Certificate to serve HTTPS with. */
  readonly tls?: TlsConfig | undefined;
  /** How long a server that is told to stop goes on, not ready, until it accepts no more connections. */
  readonly drainDelay?: Duration | undefined;
  /** How long it then waits for requests that are being answered. */
  readonly drainTimeout?: Duration | undefined;
}

/** Files of PEM that a Codec Server serves HTTPS with. They are read again while it runs. */
export interface TlsConfig {
  /** Certificate of the server, followed by those between it and the root. Needed beside `keyFile`. */
  readonly certFile?: string | undefined;
  /** Its private key, without a passphrase. */
  readonly keyFile?: string | undefined;
  /** Authorities of the clients' certificates, for an `auth` entry of the type `client-certificate`. */
  readonly clientCaFile?: string | undefined;
  /** Oldest version of TLS that is spoken. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined;
  /** How often the files are read again, such as `'10s'`. */
  readonly reloadInterval?: Duration | undefined;
}

/**
 * Gives a configuration back as it is, so that an editor knows its fields in a `waxseal.config.mjs`. Nothing
 * is checked: `loadConfig` does that.
 */
export function defineConfig(config: WaxsealConfig): WaxsealConfig {
  return config;
}
