import type { Duration } from '@waxseal/core';

import type { TlsConfig } from './tls-config';

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
  /** In code: where workers keep large payloads, `externalStorage` of `@waxseal/codec-server`, which checks it. */
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
