import { isReady, keyAnswer } from '../readiness';
import { openApiDocument } from '../pages/open-api-document';
import type { ResolvedOptions } from '../options/resolve-options';
import { statusPage } from '../pages/status-page';
import { parseRoute, relativePath } from '../routing';
import { RequestError } from '../request-error';
import type { Answer, ServerRequest } from '../server-request';
import type { Exchange } from './admission';

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
): (exchange: Pick<Exchange, 'request' | 'requestId'>) => Answer | Promise<Answer> {
  const { basePath, metrics, readiness } = options;
  const document = JSON.stringify(openApiDocument(options));
  const line = text(
    200,
    'Waxseal Codec Server for Temporal. POST payloads to /decode or /{namespace}/decode.\n',
  );
  // Where people sign in is the issuer's to say, and it may say another place later.
  const isFixed = (options.accessControl?.signIns ?? []).length === 0;
  let fixed: Promise<Answer> | undefined;
  const human = (requestId: string): Promise<Answer> =>
    isFixed ? (fixed ??= statusPage(options, requestId)) : statusPage(options, requestId);
  const routes: Readonly<Record<string, Route>> = {
    '': (request, requestId) =>
      request.header('accept')?.includes('text/html') === true ? human(requestId) : line,
    healthz: () => text(200, 'ok\n'),
    readyz: async (request) => {
      if (isDraining()) return text(503, 'draining\n');
      const keyId = request.query('key');
      if (keyId !== undefined) return text(...(await keyAnswer(readiness, keyId)));
      return (await isReady(readiness)) ? text(200, 'ready\n') : text(503, 'no key can be used\n');
    },
    'openapi.json': () => ({ status: 200, headers: { 'content-type': 'application/json' }, body: document }),
    ...(metrics === undefined
      ? {}
      : {
          metrics: async () => ({
            status: 200,
            headers: { 'content-type': METRICS_TYPE },
            body: await metrics(),
          }),
        }),
  };
  return ({ request, requestId }) => {
    const { method, pathname } = request;
    const path = relativePath(pathname, basePath)?.join('/');
    const isRead = method === 'GET' || method === 'HEAD';
    const route = isRead && path !== undefined && Object.hasOwn(routes, path) ? routes[path] : undefined;
    if (route !== undefined) return route(request, requestId);
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

/** Answers requests of one path. */
type Route = (request: ServerRequest, requestId: string) => Answer | Promise<Answer>;

function text(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=UTF-8' }, body };
}
