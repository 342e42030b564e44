import type { Duration } from '@waxseal/core';

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
  /** Where the record of every request goes, as lines of JSON: `stdout`, or the path of a file that is appended to. */
  readonly audit?: string | undefined;
  /** What becomes of one payload of many that cannot be decoded. */
  readonly onPayloadError?: 'fail' | 'passthrough' | 'placeholder' | undefined;
  /** Requests of one principal at a time. */
  readonly maxConcurrentRequests?: number | undefined;
}
