import { quote } from '@waxseal/core/internal';
import { EXECUTION_HEADERS } from '../routing';
import type { ResolvedOptions } from '../options/resolve-options';
import { RequestError } from '../request-error';
import type { Answer, ServerRequest } from '../server-request';

const MAX_AGE_SECONDS = 7200;
const EXPOSED = { 'access-control-expose-headers': 'X-Request-Id' };

const PREFLIGHT = {
  ...EXPOSED,
  'access-control-allow-methods': 'POST,GET,OPTIONS',
  'access-control-allow-headers': [
    'Content-Type',
    'X-Namespace',
    'Authorization',
    'Authorization-Extras',
    ...EXECUTION_HEADERS,
  ].join(),
  'access-control-max-age': String(MAX_AGE_SECONDS),
  vary: 'Origin, Access-Control-Request-Headers',
};

const VARY: Lines = [['vary', 'Origin']];

/** Headers that all answers of a kind have: each name, in lower case, with its value. */
export type Lines = readonly (readonly [name: string, value: string])[];

/**
 * CORS for the Web UI: exact origins only, and every header that it sends named, because `*` does not cover
 * `Authorization` (Fetch standard, "CORS protocol and credentials").
 */
export class CrossOrigin {
  /** By origin that is allowed: what its answers say. */
  readonly #allowed: ReadonlyMap<string, Lines>;
  readonly #credentials: Readonly<Record<string, string>>;

  constructor({ allowedOrigins, allowCredentials }: ResolvedOptions) {
    this.#credentials = allowCredentials ? { 'access-control-allow-credentials': 'true' } : {};
    this.#allowed = new Map(
      allowedOrigins.map((origin) => [
        origin,
        [
          ...VARY,
          ...Object.entries({ 'access-control-allow-origin': origin, ...EXPOSED, ...this.#credentials }),
        ],
      ]),
    );
  }

  /** What says of an answer which pages may read it. */
  headersFor(request: ServerRequest): Lines {
    const origin = request.header('origin');
    return (origin === undefined ? undefined : this.#allowed.get(origin)) ?? VARY;
  }

  /** The answer to OPTIONS. @throws RequestError 403 as {@link assertMayAsk} */
  preflight(request: ServerRequest): Answer {
    this.assertMayAsk(request);
    const origin = request.header('origin') ?? '';
    const isAllowed = this.#allowed.has(origin);
    const allows = isAllowed ? { 'access-control-allow-origin': origin } : {};
    return { status: 204, headers: { ...PREFLIGHT, ...this.#credentials, ...allows }, body: null };
  }

  /**
   * Refuses requests that a page makes whose origin is neither allowed nor this server's own. CORS alone
   * would only hide the answer: the keys would still be used. Clients that are not browsers send no `Origin`.
   * Preflights are refused too: after one that is answered without permission, the browser shows an error of
   * its own, and nothing here would say which origin is missing from the list.
   *
   * @throws RequestError 403
   */
  assertMayAsk(request: ServerRequest): void {
    const origin = request.header('origin');
    if (origin === undefined || this.#allowed.has(origin) || isOwnOrigin(origin, request.url)) return;
    throw new RequestError(
      403,
      'ORIGIN_NOT_ALLOWED',
      `Pages of ${quote(origin)} may not use this Codec Server. If one is your Web UI, add its origin to allowedOrigins (waxseal serve: --allow-origin).`,
    );
  }
}

// Without TLS here the scheme is left out: a proxy in front may have ended it.
function isOwnOrigin(origin: string, own: URL): boolean {
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  return page.host === own.host && (own.protocol !== 'https:' || page.protocol === 'https:');
}
