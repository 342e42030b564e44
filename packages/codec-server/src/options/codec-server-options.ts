import type { Duration, PayloadCodec } from '@temporalio/common';
import type { AuditSink } from '../audit';
import type { AccessOptions } from '../auth/auth-options';
import type { Readiness } from '../readiness';
import type { OnPayloadError } from '../run-codecs';
import type { ExternalStorageOptions } from '../storage/external-storage';
import type { ServerTelemetry, ErrorListener } from '../telemetry';

/**
 * What {@link createCodecServer} takes. Codecs are needed: exactly one of `codec` and `codecs`, or
 * `namespaces`, or both. All else has a safe default.
 */
export interface CodecServerOptions extends AccessOptions {
  /** The codec that the workers and clients use. */
  readonly codec?: PayloadCodec;

  /**
   * The codecs that the workers and clients use, in the order of their `payloadCodecs`: encoding runs them
   * from the first to the last, decoding from the last to the first.
   */
  readonly codecs?: readonly PayloadCodec[];

  /**
   * Codecs of single namespaces, by literal name, in place of `codec` or `codecs`. Without those, other
   * namespaces are not served: 404.
   */
  readonly namespaces?: Readonly<Record<string, Pick<CodecServerOptions, 'codec' | 'codecs'>>>;

  /**
   * Where payloads are that workers keep in external storage. Default: nowhere, and `/download` answers 404.
   * `/encode` does not store anything there.
   */
  readonly externalStorage?: ExternalStorageOptions;

  /**
   * Origins whose pages may call this server, each exactly as a browser sends it:
   * `https://temporal.example.com`, with neither path nor trailing slash. Default: none, so only clients that
   * are not browsers can use it.
   */
  readonly allowedOrigins?: readonly string[];

  /**
   * Whether those pages may send cookies ("Include cross-origin credentials" in the Web UI). Default: false.
   */
  readonly allowCredentials?: boolean;

  /**
   * Whether `POST /encode` is served. Default: false. Whoever may encode can make payloads that the workers
   * trust, so switch it on only where workflows are started from the Web UI or with the CLI.
   */
  readonly allowEncode?: boolean;

  /** The namespace of requests that name none, in the path or in `X-Namespace`. Default: none. */
  readonly defaultNamespace?: string;

  /**
   * A path in front of all routes, such as `/codec`, when a proxy does not remove it. Without it the path
   * segment before the operation is taken for a namespace.
   */
  readonly basePath?: string;

  /** Largest request body, in bytes: 1 KiB to 128 MiB. Default: 16 MiB. */
  readonly bodyLimitBytes?: number;

  /**
   * Longest time from the request's headers to the answer, at least 100 ms and below 8 s. Default: `'7s'`.
   * The `temporal` CLI has no timeout of its own for codec requests, and gives the surrounding call 10 s.
   */
  readonly deadline?: Duration;

  /** Keeps a record of every POST. Default: none is kept. What cannot be recorded is answered with 503. */
  readonly audit?: AuditSink;

  /**
   * What `/decode` does with one payload of many that cannot be decoded. Default: `'fail'`. It never concerns
   * `/encode`.
   */
  readonly onPayloadError?: OnPayloadError;

  /**
   * With `auth`: how many requests of one principal are answered at a time, 1 to 10,000. More get 429.
   * Default: 256.
   */
  readonly maxConcurrentRequests?: number;

  /**
   * How many requests of one principal are answered in a while; without `auth`, of everybody together. More
   * get 429. Default: no limit. A page of the Web UI sends 10 to 20 requests, a long history some hundred, so
   * allow for bursts: `{ requestsPerSecond: 50, burst: 500 }`.
   */
  readonly rateLimit?: RateLimit;

  /**
   * How often key services are asked in a while for what one principal wants to decode; without `auth`, of
   * everybody together. More gets 503. A data key is asked for once and then kept. Default:
   * `{ requestsPerSecond: 100, burst: 2000 }`.
   */
  readonly keyRequestLimit?: RateLimit;

  /**
   * With `auth`: how many requests that cannot be signed in are answered with 401 in a while, for each
   * address (of IPv6, each /64 network). More get 429. A request that can be signed in is never refused for
   * it, since an address may be shared. Default: `{ requestsPerSecond: 10, burst: 500 }`.
   */
  readonly signInLimit?: RateLimit;

  /**
   * Addresses and networks of proxies in front, such as `'10.0.0.0/8'`: their `X-Forwarded-For` says where
   * requests come from, for `signInLimit` and the audit log. Default: none, and the address is that of the
   * connection.
   */
  readonly trustedProxies?: readonly string[];

  /** What `/readyz` answers, such as {@link keyReadiness}. Default: it is ready until it is about to stop. */
  readonly readiness?: Readiness;

  /**
   * What `/metrics` answers, in the text format of Prometheus. Default: 404. Whoever reaches the server can
   * read it: key IDs are in it, if your metrics have them.
   */
  readonly metrics?: () => Promise<string>;

  /** Told of every POST, for metrics: `openTelemetryCodecServer()` of `@waxseal/opentelemetry`. */
  readonly telemetry?: ServerTelemetry;

  /** Told of every request that fails, for logs. The answer to the client holds less than the error does. */
  readonly onError?: ErrorListener;
}

/** How many requests one principal may make; without `auth`, everybody together. A token bucket. */
export interface RateLimit {
  /** Requests in a second, in the long run: above 0, at most 100,000. */
  readonly requestsPerSecond: number;

  /** Requests at once, after a while without any: a whole number from 1 to 1,000,000. */
  readonly burst: number;
}
