import type { Payload } from '@temporalio/common';
import type { Context } from 'hono';
import { nameEnvelopes } from '../audit/name-envelopes';
import type { ResolvedOptions } from '../options/resolved-options';
import { formatPayloads } from '../protojson/format-payloads';
import { parsePayloads } from '../protojson/parse-payloads';
import { parseRoute } from '../routing/parse-route';
import { principalKey } from '../auth/principal';
import { admit } from './admit';
import { BodyBudget } from './body-budget';
import { decodePayloads } from './decode-payloads';
import { encodePayloads } from './encode-payloads';
import { inspectPayloads } from './inspect-payloads';
import { PrincipalSlots } from './principal-slots';
import { readBody } from './read-body';
import { RequestError, tooMany } from './request-error';
import type { ServerEnv } from './server-env';
import { toRequestError } from './to-request-error';
import { withinDeadline } from './within-deadline';

/** Of the largest size, with their answers; a body takes four to five times its size while it is parsed and decoded. */
const BODIES_AT_ONCE = 4;

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
    const { principal } = draft;
    const caller = principalKey(principal);
    const account = budget.open(principal && caller);
    const releaseSlot = principal === undefined ? undefined : slots.take(principal);
    const release = (): void => {
      account.release();
      releaseSlot?.();
    };
    let isHeld = false;
    try {
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
      const payloads = parsePayloads(await readBody(context.req.raw, bodyLimitBytes, account, signal));
      draft.payloadCount = payloads.length;
      const noteEnvelopes = (noted: readonly Payload[]): void => {
        if (options.audit !== undefined) nameEnvelopes(noted, draft);
      };
      if (endpoint === 'inspect') {
        noteEnvelopes(payloads);
        return context.json(inspectPayloads(payloads));
      }
      if (access.policy.kind === 'mask') assertMayMask(options, caller);
      const onDone = (steps: number): void => {
        options.maskingSteps.charge(caller, steps);
      };
      const decodeRequest = {
        signal,
        caller,
        takeKeyRequest: () => options.keyRequests.tryTake(caller) === 0,
      };
      const request = { endpoint, namespace, codecs, draft, noteEnvelopes, signal, context, decodeRequest };
      const result =
        endpoint === 'encode'
          ? await encodePayloads(payloads, request)
          : await access.policy.apply(await decodePayloads(options, payloads, request), { signal, onDone });
      const answer = formatPayloads(result);
      account.resize(answer.length);
      const { onAnswered } = context.env.connection;
      if (onAnswered !== undefined) {
        isHeld = true;
        onAnswered(release);
      }
      return context.body(answer, 200, { 'Content-Type': 'application/json; charset=utf-8' });
    } catch (error) {
      throw toRequestError(error);
    } finally {
      if (!isHeld) release();
    }
  };
  return (context) =>
    withinDeadline(options.deadlineMs, context.env.connection.onAnswered, (signal) =>
      answer(context, signal),
    );
}

/** @throws RequestError 429 where what was masked for somebody has taken more than a fair share of the processor */
function assertMayMask({ maskingSteps }: ResolvedOptions, caller: string): void {
  const waitMs = maskingSteps.tryTake(caller);
  if (waitMs === 0) return;
  throw tooMany('MASKING_LIMITED', 'Masking what you asked for took too long. Wait, and try again.', waitMs);
}

function notFound(message: string): RequestError {
  return new RequestError(404, 'NOT_FOUND', message);
}
