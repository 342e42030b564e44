import type { Context } from 'hono';
import type { ResolvedOptions } from '../options/resolved-options';
import { parseRoute } from '../routing/parse-route';
import { relativePath } from '../routing/relative-path';
import { RequestError } from './request-error';

/**
 * Answers everything that is not a POST: `GET /healthz`, and at `/` a line that says what this is.
 *
 * @throws RequestError 404 or 405
 */
export function infoHandler({ basePath }: ResolvedOptions): (context: Context) => Response {
  return (context) => {
    const { pathname } = new URL(context.req.url);
    const path = relativePath(pathname, basePath)?.join('/');
    const isGet = context.req.method === 'GET';
    if (isGet && path === 'healthz') return context.text('ok\n');
    if (isGet && path === '') {
      return context.text(
        'Waxseal Codec Server for Temporal. POST payloads to /decode or /{namespace}/decode.\n',
      );
    }
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
