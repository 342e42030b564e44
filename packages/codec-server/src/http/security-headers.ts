import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/** For answers that are not the page, which no browser has a reason to show. */
const NOTHING = "default-src 'none'; frame-ancestors 'none'";

/** Headers for browsers that are gone, and for plug-ins. */
const UNUSED = {
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
};

/**
 * Sets the headers that keep decrypted payloads out of caches, frames and the content sniffer.
 *
 * `Strict-Transport-Security` is for connections with TLS only (RFC 6797 §7.2).
 */
export function securityHeaders(): MiddlewareHandler {
  const overHttp = secureHeaders({ ...UNUSED, strictTransportSecurity: false });
  const overHttps = secureHeaders({ ...UNUSED, strictTransportSecurity: 'max-age=31536000' });
  return async (context, next) => {
    await (context.req.url.startsWith('https:') ? overHttps : overHttp)(context, next);
    const { headers } = context.res;
    headers.set('Cache-Control', 'no-store');
    if (!headers.has('Content-Security-Policy')) headers.set('Content-Security-Policy', NOTHING);
  };
}
