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
}
