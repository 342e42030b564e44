import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import type { ResolvedOptions } from '../options/resolved-options';

const MAX_AGE_SECONDS = 7200;

/**
 * CORS for the Web UI: exact origins only, and every header that it sends named, because `*` does not cover
 * `Authorization` (Fetch standard, "CORS protocol and credentials").
 */
export function crossOrigin(options: ResolvedOptions): MiddlewareHandler {
  return cors({
    origin: [...options.allowedOrigins],
    allowMethods: ['POST', 'GET', 'OPTIONS'],
    allowHeaders: ['Content-Type', 'X-Namespace', 'Authorization', 'Authorization-Extras'],
    exposeHeaders: ['X-Request-Id'],
    maxAge: MAX_AGE_SECONDS,
    credentials: options.allowCredentials,
  });
}
