import type { Payload } from '@temporalio/common';
import type { Context } from 'hono';
import { nameEnvelopes } from '../audit/name-envelopes';
import type { ResolvedOptions } from '../options/resolved-options';
import { formatPayloads } from '../protojson/format-payloads';
import { parsePayloads } from '../protojson/parse-payloads';
import { parseRoute } from '../routing/parse-route';
import { admit } from './admit';
import { BodyBudget } from './body-budget';
import { decodePayloads } from './decode-payloads';
import { encodePayloads } from './encode-payloads';
import { inspectPayloads } from './inspect-payloads';
import { longestBody } from './longest-body';
import { PrincipalSlots } from './principal-slots';
import { readBody } from './read-body';
import { RequestError } from './request-error';
import type { ServerEnv } from './server-env';
import { toRequestError } from './to-request-error';
import { withinDeadline } from './within-deadline';

/** Of the largest size; a body takes two to three times its size while it is parsed. */
const BODIES_AT_ONCE = 16;

/**
 * Answers every POST: routing, then who it is and what they may, then the body, then the codecs.
 *
 * @throws RequestError
 */
export function codecHandler(options: ResolvedOptions): (context: Context<ServerEnv>) => Promise<Response> {
  const { bodyLimitBytes } = options;
  const slots = new PrincipalSlots(options.maxConcurrentRequests);
  const budget = new BodyBudget(BODIES_AT_ONCE * bodyLimitBytes);
  const answer = async (context: Context<ServerEnv>, signal: AbortSignal): Promise<Response> => {
    const route = parseRoute(new URL(context.req.url).pathname, options.basePath);
    if (route === undefined) throw notFound('There is nothing here. POST to /decode or /{namespace}/decode.');
    const draft = context.get('draft');
    const { endpoint } = route;
    draft.operation = endpoint;
    const { namespace, access } = await admit(options, context, route);
    const releases: (() => void)[] = [];
    try {
      if (draft.principal !== undefined) releases.push(slots.take(draft.principal));
      if (endpoint === 'download' && options.externalStorage === undefined) {
        throw notFound('This Codec Server keeps no external storage.');
      }
      const codecs = options.codecsFor(namespace);
      if (codecs === undefined) {
        throw new RequestError(
          404,
          'NAMESPACE_NOT_SERVED',
          'This Codec Server does not serve the namespace.',
        );
      }
      releases.push(budget.take(longestBody(context.req.raw.headers, bodyLimitBytes)));
      const payloads = parsePayloads(await readBody(context.req.raw, bodyLimitBytes));
      draft.payloadCount = payloads.length;
      const noteEnvelopes = (noted: readonly Payload[]): void => {
        if (options.audit !== undefined) nameEnvelopes(noted, draft);
      };
      if (endpoint === 'inspect') {
        noteEnvelopes(payloads);
        return context.json(inspectPayloads(payloads));
      }
      const request = { endpoint, namespace, codecs, draft, noteEnvelopes, signal, context };
      const result =
        endpoint === 'encode'
          ? await encodePayloads(payloads, request)
          : access.policy.apply(await decodePayloads(options, payloads, request));
      return context.body(formatPayloads(result), 200, { 'Content-Type': 'application/json; charset=utf-8' });
    } catch (error) {
      throw toRequestError(error);
    } finally {
      for (const release of releases) release();
    }
  };
  return (context) => withinDeadline(options.deadlineMs, (signal) => answer(context, signal));
}

function notFound(message: string): RequestError {
  return new RequestError(404, 'NOT_FOUND', message);
}
