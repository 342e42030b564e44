import type { MiddlewareHandler } from 'hono';

/** Sets the headers that keep decrypted payloads out of caches and off the content sniffer. */
export function securityHeaders(): MiddlewareHandler {
  return async (context, next) => {
    await next();
    context.res.headers.set('Cache-Control', 'no-store');
    context.res.headers.set('X-Content-Type-Options', 'nosniff');
  };
}
