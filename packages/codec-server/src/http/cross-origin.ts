import { quote } from '@waxseal/core/internal';
import type { HonoRequest, MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { EXECUTION_HEADERS } from '../routing';
import type { ResolvedOptions } from '../options/resolve-options';
import { RequestError } from '../request-error';

const MAX_AGE_SECONDS = 7200;
const EXPOSED = 'X-Request-Id';

/**
 * CORS for the Web UI: exact origins only, and every header that it sends named, because `*` does not cover
 * `Authorization` (Fetch standard, "CORS protocol and credentials").
 */
export function crossOrigin({ allowedOrigins, allowCredentials }: ResolvedOptions): MiddlewareHandler {
  const allowed = new Set(allowedOrigins);
  const assertMayAsk = originGuard(allowed);
  const preflight = cors({
    origin: [...allowedOrigins],
    allowMethods: ['POST', 'GET', 'OPTIONS'],
    allowHeaders: [
      'Content-Type',
      'X-Namespace',
      'Authorization',
      'Authorization-Extras',
      ...EXECUTION_HEADERS,
    ],
    exposeHeaders: [EXPOSED],
    maxAge: MAX_AGE_SECONDS,
    credentials: allowCredentials,
  });
  return async (context, next) => {
    if (context.req.method === 'OPTIONS') {
      assertMayAsk(context.req);
      return preflight(context, next);
    }
    await next();
    // Hono's middleware would wrap the answer once more to add Vary, which takes as long as all else
    // together.
    const { headers } = context.res;
    const origin = context.req.header('Origin');
    headers.append('Vary', 'Origin');
    if (origin === undefined || !allowed.has(origin)) return;
    headers.set('Access-Control-Allow-Origin', origin);
    headers.set('Access-Control-Expose-Headers', EXPOSED);
    if (allowCredentials) headers.set('Access-Control-Allow-Credentials', 'true');
  };
}

/**
 * Refuses requests that a page of another origin makes. CORS alone would only hide the answer: the keys would
 * still be used. Clients that are not browsers send no `Origin`.
 */
export function refuseOtherOrigins({ allowedOrigins }: ResolvedOptions): MiddlewareHandler {
  const assertMayAsk = originGuard(new Set(allowedOrigins));
  return async (context, next) => {
    assertMayAsk(context.req);
    await next();
  };
}

/**
 * What refuses pages whose origin is neither allowed nor this server's own, by a RequestError 403. Preflights
 * too: after one that is answered without permission, the browser shows an error of its own, and nothing here
 * would say which origin is missing from the list.
 */
function originGuard(allowed: ReadonlySet<string>): (request: HonoRequest) => void {
  return (request) => {
    const origin = request.header('Origin');
    if (origin === undefined || allowed.has(origin) || isOwnOrigin(origin, request.url)) return;
    throw new RequestError(
      403,
      'ORIGIN_NOT_ALLOWED',
      `Pages of ${quote(origin)} may not use this Codec Server. If one is your Web UI, add its origin to allowedOrigins (waxseal serve: --allow-origin).`,
    );
  };
}

// Without TLS here the scheme is left out: a proxy in front may have ended it.
function isOwnOrigin(origin: string, url: string): boolean {
  if (!URL.canParse(origin)) return false;
  const [page, own] = [new URL(origin), new URL(url)];
  return page.host === own.host && (own.protocol !== 'https:' || page.protocol === 'https:');
}
