import type { Context } from 'hono';
import type { Payload } from '@temporalio/common';
import { nameEnvelopes } from '../audit/name-envelopes';
import { decodeEach } from '../codec/decode-each';
import { isPlaceholder } from '../codec/is-placeholder';
import { runCodecs } from '../codec/run-codecs';
import type { ResolvedOptions } from '../options/resolved-options';
import { formatPayloads } from '../protojson/format-payloads';
import { parsePayloads } from '../protojson/parse-payloads';
import { parseRoute } from '../routing/parse-route';
import type { Route } from '../routing/route';
import { admit } from './admit';
import { PrincipalSlots } from './principal-slots';
import { readBody } from './read-body';
import { RequestError } from './request-error';
import type { ServerEnv } from './server-env';
import { toRequestError } from './to-request-error';

/**
 * Answers `POST …/encode`, `…/decode` and `…/download`: routing, then who it is and what they may, then the body, then the
 * codecs.
 *
 * @throws RequestError
 */
export function codecHandler(options: ResolvedOptions): (context: Context<ServerEnv>) => Promise<Response> {
  const slots = new PrincipalSlots(options.maxConcurrentRequests);
  return async (context) => {
    const signal = AbortSignal.timeout(options.deadlineMs);
    const route = parseRoute(new URL(context.req.url).pathname, options.basePath);
    if (route === undefined) throw notFound('There is nothing here. POST to /decode or /{namespace}/decode.');
    const draft = context.get('draft');
    draft.operation = route.operation;
    const namespace = await admit(options, context, route);
    const release = draft.principal === undefined ? undefined : slots.take(draft.principal);
    try {
      const { operation } = route;
      if (operation === 'download') throw notFound('This Codec Server keeps no external storage.');
      const payloads = parsePayloads(await readBody(context.req.raw, options.bodyLimitBytes));
      draft.payloadCount = payloads.length;
      const result = await run(options, { operation, namespace }, payloads, context, signal);
      return context.body(formatPayloads(result), 200, { 'Content-Type': 'application/json; charset=utf-8' });
    } catch (error) {
      throw toRequestError(error);
    } finally {
      release?.();
    }
  };
}

async function run(
  { codecs, onPayloadError, onError }: ResolvedOptions,
  { operation, namespace }: Route & { readonly operation: 'encode' | 'decode' },
  payloads: Payload[],
  context: Context<ServerEnv>,
  signal: AbortSignal,
): Promise<Payload[]> {
  const draft = context.get('draft');
  if (operation === 'encode') {
    if (payloads.some(isPlaceholder)) {
      throw new RequestError(
        400,
        'PLACEHOLDER_NOT_ENCODED',
        'A payload is the text that stood for one that could not be decoded. Put the real value in its place.',
      );
    }
    const encoded = await runCodecs(codecs, operation, payloads, namespace);
    Object.assign(draft, nameEnvelopes(encoded));
    return encoded;
  }
  Object.assign(draft, nameEnvelopes(payloads));
  try {
    return await runCodecs(codecs, operation, payloads, namespace);
  } catch (error) {
    if (onPayloadError === 'fail') throw error;
    const decoded = await decodeEach(codecs, payloads, namespace, onPayloadError, signal);
    draft.unreadableCount = decoded.unreadableCount;
    const { code } = toRequestError(error);
    onError(error, { requestId: context.get('requestId'), status: 200, code });
    return decoded.payloads;
  }
}

function notFound(message: string): RequestError {
  return new RequestError(404, 'NOT_FOUND', message);
}
