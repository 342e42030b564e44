import type { PayloadCodec } from '@temporalio/common';
import { z } from 'zod';
import type { AuditSink } from '../audit';
import { AccessFields } from '../auth/auth-options';
import { trustedProxies } from '../client-address';
import {
  both,
  duration,
  flag,
  functionOf,
  IN_CODE,
  list,
  nonEmptyList,
  options,
  record,
  text,
  wholeNumber,
} from '../fields';
import type { Readiness } from '../readiness';
import { isNamespace, splitPath } from '../routing';
import { ON_PAYLOAD_ERROR } from '../run-codecs';
import { EXTERNAL_STORAGE } from '../storage/external-storage';
import type { ServerTelemetry, ErrorListener } from '../telemetry';

const KIB = 1024;
const MIB = 1024 * KIB;

const DEADLINE = {
  minMs: 100,
  maxMs: 7_999,
  words:
    'at least 100 ms and below 8 s: the temporal CLI waits for ever, and its call to the server ends after 10 s',
};

/** How many requests one principal may make; without `auth`, everybody together. A token bucket. */
export interface RateLimit extends z.input<typeof RATE_LIMIT> {}

const RATE = 'must be a number above 0, at most 100,000.';

/** Fields of {@link RateLimit}. */
export class RateLimitFields {
  /** Requests in a second, in the long run: above 0, at most 100,000. */
  readonly requestsPerSecond = z.number(RATE).gt(0, RATE).max(100_000, RATE);

  /** Requests at once, after a while without any: a whole number from 1 to 1,000,000. */
  readonly burst = wholeNumber(
    1,
    1_000_000,
    'must be a whole number from 1 to 1,000,000. A page of the Web UI asks up to some hundred times at once.',
  );
}

const RATE_LIMIT = options(new RateLimitFields());

/** What runs as a codec, in the Codec Server or a configuration. */
export const CODEC = z
  .custom<PayloadCodec>(isCodec, 'must be a PayloadCodec: an object with encode and decode.')
  .meta(IN_CODE);

/** What runs the codecs: one of the two. */
export class CodecFields {
  /** The codec that the workers and clients use. */
  readonly codec = CODEC.optional();

  /**
   * The codecs that the workers and clients use, in the order of their `payloadCodecs`: encoding runs them
   * from the first to the last, decoding from the last to the first.
   */
  readonly codecs = nonEmptyList(CODEC, 'must hold at least one PayloadCodec.').meta(IN_CODE).optional();
}

/** Options that a configuration file has too, under the same names. */
export class SharedFields extends AccessFields {
  /**
   * Codecs of single namespaces, by literal name, in place of `codec` or `codecs`. Without those, other
   * namespaces are not served: 404.
   */
  readonly namespaces = record(
    options(new CodecFields()),
    'must be an object of namespaces, each with its codecs.',
    isNamespace,
  )
    .refine(
      (all) => Object.keys(all).length > 0,
      'must be an object of one or more namespaces, each with its codecs.',
    )
    .meta(IN_CODE)
    .optional();

  /**
   * Where payloads are that workers keep in external storage. Default: nowhere, and `/download` answers 404.
   * `/encode` does not store anything there.
   */
  readonly externalStorage = EXTERNAL_STORAGE.optional();

  /**
   * Origins whose pages may call this server, each exactly as a browser sends it:
   * `https://temporal.example.com`, with neither path nor trailing slash. Default: none, so only clients that
   * are not browsers can use it.
   */
  readonly allowedOrigins = list(
    z.string('must be a string such as "https://temporal.example.com".').check(checkOrigin),
  ).default([]);

  /**
   * Whether those pages may send cookies ("Include cross-origin credentials" in the Web UI). Default: false.
   */
  readonly allowCredentials = flag();

  /**
   * Whether `POST /encode` is served. Default: false. Principals who may encode can make payloads that
   * workers trust, so switch it on only where workflows are started from the Web UI or with the CLI.
   */
  readonly allowEncode = flag();

  /** The namespace of requests that name none, in the path or in `X-Namespace`. Default: none. */
  readonly defaultNamespace = text()
    .refine(isNamespace, 'must be a Temporal namespace: 1 to 1,000 characters, no control characters.')
    .optional();

  /**
   * A path in front of all routes, such as `/codec`, when a proxy does not remove it. Without it the path
   * segment before the operation is taken for a namespace.
   */
  readonly basePath = z
    .string()
    .refine(
      (path) => path.startsWith('/') && splitPath(path) !== undefined,
      'must be a path that starts with a slash, such as "/codec".',
    )
    .optional();

  /** Largest request body, in bytes: 1 KiB to 128 MiB. Default: 16 MiB. */
  readonly bodyLimitBytes = wholeNumber(
    KIB,
    128 * MIB,
    'must be a whole number of bytes from 1,024 to 134,217,728 (128 MiB). Workers send up to 8 MiB.',
  ).default(16 * MIB);

  /**
   * Longest time from the request's headers to the answer, at least 100 ms and below 8 s. Default: `'7s'`.
   * The `temporal` CLI has no timeout of its own for codec requests, and gives the surrounding call 10 s.
   */
  readonly deadline = duration(DEADLINE).prefault('7s');

  /**
   * What `/decode` does with one payload of many that cannot be decoded. Default: `'fail'`. It never concerns
   * `/encode`.
   */
  readonly onPayloadError = z
    .enum(ON_PAYLOAD_ERROR, 'must be "fail", "passthrough" or "placeholder".')
    .default('fail');

  /**
   * With `auth`: how many requests of one principal are answered at a time, 1 to 10,000. More get 429.
   * Default: 256.
   */
  readonly maxConcurrentRequests = wholeNumber(1, 10_000, 'must be a whole number from 1 to 10,000.').default(
    256,
  );

  /**
   * How many requests of one principal are answered in a while; without `auth`, of everybody together. More
   * get 429. Default: no limit. A page of the Web UI sends 10 to 20 requests, a long history some hundred, so
   * allow for bursts: `{ requestsPerSecond: 50, burst: 500 }`.
   */
  readonly rateLimit = RATE_LIMIT.optional();

  /**
   * How often key services are asked in a while for what one principal wants to decode; without `auth`, of
   * everybody together. More gets 503. A data key is asked for once and then kept. Default:
   * `{ requestsPerSecond: 100, burst: 2000 }`: some pages of long histories at once, and in the long run less
   * than what one principal may take of a key service's quota.
   */
  readonly keyRequestLimit = RATE_LIMIT.default({ requestsPerSecond: 100, burst: 2_000 });

  /**
   * With `auth`: how many requests that cannot be signed in are answered with 401 in a while, for each
   * address (of IPv6, each /64 network). More get 429. A request that can be signed in is never refused for
   * it, since an address may be shared. Default: `{ requestsPerSecond: 10, burst: 500 }`: a page of the Web
   * UI with a token that has expired sends some hundred at once.
   */
  readonly signInLimit = RATE_LIMIT.default({ requestsPerSecond: 10, burst: 500 });

  /**
   * Addresses and networks of proxies in front, such as `'10.0.0.0/8'`: their `X-Forwarded-For` says where
   * requests come from, for `signInLimit` and the audit log. Default: none, and the address is that of the
   * connection.
   */
  readonly trustedProxies = trustedProxies();
}

/** Options that only code can give. */
export class CodecServerFields {
  /** Keeps a record of every POST. Default: none is kept. What cannot be recorded is answered with 503. */
  readonly audit = functionOf<AuditSink>().optional();

  /** What `/readyz` answers, such as {@link keyReadiness}. Default: it is ready until it is about to stop. */
  readonly readiness = functionOf<Readiness>().optional();

  /**
   * What `/metrics` answers, in the text format of Prometheus. Default: 404. Everyone who reaches the server
   * can read it: key IDs are in it, if your metrics have them.
   */
  readonly metrics = functionOf<() => Promise<string>>().optional();

  /** Told of every POST, for metrics: `openTelemetryCodecServer()` of `@waxseal/opentelemetry`. */
  readonly telemetry = z.custom<ServerTelemetry>().optional();

  /** Told of every request that fails, for logs. The answer to the client holds less than the error does. */
  readonly onError = functionOf<ErrorListener>().optional();
}

/** What {@link CodecServerOptions} are checked by. */
export const CODEC_SERVER_OPTIONS = options(
  both(new SharedFields(), both(new CodecFields(), new CodecServerFields())),
);

/**
 * What {@link createCodecServer} takes. Codecs are needed: exactly one of `codec` and `codecs`, or
 * `namespaces`, or both. All else has a safe default.
 */
export interface CodecServerOptions extends z.input<typeof CODEC_SERVER_OPTIONS> {}

function isCodec(value: unknown): boolean {
  const codec = value as Partial<PayloadCodec> | null | undefined;
  return typeof codec?.encode === 'function' && typeof codec.decode === 'function';
}

/**
 * Checks one entry of `allowedOrigins`. Browsers compare origins byte by byte, so an entry must be written as
 * they send it (RFC 6454 §6.2).
 */
function checkOrigin({ value: origin, issues }: z.core.ParsePayload<string>): void {
  const refuse = (message: string): void => {
    issues.push({ code: 'custom', input: origin, message: `is ${JSON.stringify(origin)}, ${message}` });
  };
  if (origin === '*' || origin === 'null') {
    refuse('which would let any page read decrypted payloads. List the origin of your Web UI instead.');
    return;
  }
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    refuse('which is not an origin. Write scheme, host and port, such as "https://temporal.example.com".');
  } else if (url.origin !== origin) {
    refuse(
      `but browsers send ${JSON.stringify(url.origin)}. Write exactly that: no trailing slash, path, default port or capital letters.`,
    );
  }
}
