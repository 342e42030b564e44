import type { MiddlewareHandler } from 'hono';
import type { ResolvedOptions } from '../options/resolved-options';
import { RequestError } from './request-error';

/**
 * Refuses requests that a page of another origin makes. CORS alone would only hide the answer: the keys would still be
 * used. Clients that are not browsers send no `Origin`.
 */
export function refuseOtherOrigins({ allowedOrigins }: ResolvedOptions): MiddlewareHandler {
  const allowed = new Set(allowedOrigins);
  return async (context, next) => {
    const origin = context.req.header('Origin');
    if (origin !== undefined && !allowed.has(origin) && !isOwnOrigin(origin, context.req.url)) {
      throw new RequestError(
        403,
        'ORIGIN_NOT_ALLOWED',
        'Pages of this origin may not use the Codec Server. Add the origin to its allow-list.',
      );
    }
    await next();
  };
}

// Without TLS here the scheme is left out: a proxy in front may have ended it.
function isOwnOrigin(origin: string, url: string): boolean {
  if (!URL.canParse(origin)) return false;
  const [page, own] = [new URL(origin), new URL(url)];
  return page.host === own.host && (own.protocol !== 'https:' || page.protocol === 'https:');
}
