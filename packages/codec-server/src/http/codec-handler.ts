import type { Context } from 'hono';
import { runCodecs } from '../codec/run-codecs';
import type { ResolvedOptions } from '../options/resolved-options';
import { formatPayloads } from '../protojson/format-payloads';
import { parsePayloads } from '../protojson/parse-payloads';
import { resolveNamespace } from '../routing/resolve-namespace';
import { parseRoute } from '../routing/parse-route';
import { readBody } from './read-body';
import { RequestError } from './request-error';
import { toRequestError } from './to-request-error';

/**
 * Answers `POST …/encode` and `POST …/decode`: routing, then the namespace, then the body, then the codecs.
 *
 * @throws RequestError
 */
export function codecHandler(options: ResolvedOptions): (context: Context) => Promise<Response> {
  return async (context) => {
    const route = parseRoute(new URL(context.req.url).pathname, options.basePath);
    if (route === undefined) {
      throw new RequestError(
        404,
        'NOT_FOUND',
        'There is nothing here. POST to /decode or /{namespace}/decode.',
      );
    }
    if (route.operation === 'encode' && !options.allowEncode) {
      throw new RequestError(403, 'ENCODE_NOT_ALLOWED', 'This Codec Server does not encode.');
    }
    const namespace = resolveNamespace(
      route.namespace,
      context.req.header('X-Namespace'),
      options.defaultNamespace,
    );
    if (route.operation === 'encode' && namespace === undefined) {
      throw new RequestError(
        400,
        'NAMESPACE_REQUIRED',
        'Name the namespace to encode for, in the path (/{namespace}/encode) or in X-Namespace.',
      );
    }
    const payloads = parsePayloads(await readBody(context.req.raw, options.bodyLimitBytes));
    try {
      const result = await runCodecs(options.codecs, route.operation, payloads, namespace);
      return context.body(formatPayloads(result), 200, { 'Content-Type': 'application/json; charset=utf-8' });
    } catch (error) {
      throw toRequestError(error);
    }
  };
}
