import type { Context } from 'hono';
import { isReady, keyAnswer } from '../readiness';
import { openApiDocument } from '../pages/open-api-document';
import type { ResolvedOptions } from '../options/resolve-options';
import { statusPage } from '../pages/status-page';
import { parseRoute, relativePath } from '../routing';
import { RequestError } from '../request-error';

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Answers everything that is not a POST: health, metrics, the OpenAPI document, and at `/` a page for people,
 * or for other clients a line, that says what this is.
 *
 * @param isDraining whether the server is about to stop
 * @throws RequestError 404, 405 or 503
 */
export function infoHandler(
  options: ResolvedOptions,
  isDraining: () => boolean,
): (context: Context) => Response | Promise<Response> {
  const { basePath, metrics, readiness } = options;
  const page = statusPage(options);
  const document = openApiDocument(options);
  const routes: Readonly<Record<string, (context: Context) => Response | Promise<Response>>> = {
    '': (context) => {
      if (!context.req.header('Accept')?.includes('text/html')) {
        return context.text(
          'Waxseal Codec Server for Temporal. POST payloads to /decode or /{namespace}/decode.\n',
        );
      }
      context.header('Content-Security-Policy', page.contentSecurityPolicy);
      return context.html(page.html);
    },
    healthz: (context) => context.text('ok\n'),
    readyz: async (context) => {
      if (isDraining()) return context.text('draining\n', 503);
      const keyId = context.req.query('key');
      if (keyId !== undefined) {
        const [status, text] = await keyAnswer(readiness, keyId);
        return context.text(text, status);
      }
      return (await isReady(readiness)) ? context.text('ready\n') : context.text('no key can be used\n', 503);
    },
    'openapi.json': (context) => context.json(document),
    ...(metrics === undefined
      ? {}
      : { metrics: async (context) => context.body(await metrics(), 200, { 'Content-Type': METRICS_TYPE }) }),
  };
  return (context) => {
    const { pathname } = new URL(context.req.url);
    const path = relativePath(pathname, basePath)?.join('/');
    const isRead = context.req.method === 'GET' || context.req.method === 'HEAD';
    const route = isRead && path !== undefined && Object.hasOwn(routes, path) ? routes[path] : undefined;
    if (route !== undefined) return route(context);
    if (parseRoute(pathname, basePath) === undefined) {
      throw new RequestError(
        404,
        'NOT_FOUND',
        'There is nothing here. POST to /decode or /{namespace}/decode.',
      );
    }
    throw new RequestError(405, 'METHOD_NOT_ALLOWED', 'Use POST.');
  };
}
