import type { Payload, PayloadCodec } from '@temporalio/common';
import type { DecodeRequest } from '@waxseal/core';
import { readableRedaction } from '@waxseal/core/internal';
import { nameEnvelopes } from '../audit';
import { toRequestError } from '../codec-error';
import { describePayload, type PayloadDescription } from '../describe-payload';
import type { ResolvedOptions } from '../options/resolve-options';
import { formatPayloads, parsePayloads } from '../protojson/payloads';
import { RequestError, tooMany } from '../request-error';
import { parseRoute, type Endpoint } from '../routing';
import { isPlaceholder, runCodecs, decodeEach } from '../run-codecs';
import { parseReference, retrieveReferences } from '../storage/retrieve-references';
import type { Answer } from '../server-request';
import { admit, type Exchange } from './admission';
import { BodyBudget, PrincipalSlots, withinDeadline, principalKey, type RequestDeadline } from './limits';
import { readBody } from './read-body';

/**
 * Of the largest size, with their answers; a body takes four to five times its size while it is parsed and
 * decoded.
 */
const BODIES_AT_ONCE = 4;

const PAYLOADS_HEADERS = { 'content-type': 'application/json; charset=utf-8' };

/**
 * Answers every POST: routing, then who it is and what they may, then the body, then the codecs.
 *
 * @throws RequestError
 */
export function codecHandler(options: ResolvedOptions): (exchange: Exchange) => Promise<Answer> {
  const { bodyLimitBytes } = options;
  const slots = new PrincipalSlots(options.maxConcurrentRequests);
  const budget = new BodyBudget(BODIES_AT_ONCE * bodyLimitBytes);
  const answer = async (exchange: Exchange, deadline: RequestDeadline): Promise<Answer> => {
    const { request, facts } = exchange;
    const route = parseRoute(request.pathname, options.basePath);
    if (route === undefined) throw notFound('There is nothing here. POST to /decode or /{namespace}/decode.');
    const { endpoint } = route;
    facts.operation = endpoint;
    const { namespace, access } = await admit(options, exchange, route);
    const { principal } = facts;
    const caller = principalKey(principal);
    const account = budget.open(principal && caller);
    const releaseSlot = principal === undefined ? undefined : slots.take(caller);
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
      const payloads = parsePayloads(await readBody(request, bodyLimitBytes, account, deadline));
      facts.payloadCount = payloads.length;
      const noteEnvelopes = (noted: readonly Payload[]): void => {
        if (options.audit !== undefined) nameEnvelopes(noted, facts);
      };
      if (endpoint === 'inspect') {
        noteEnvelopes(payloads);
        return {
          status: 200,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(inspectPayloads(payloads)),
        };
      }
      if (access.policy.kind === 'mask') assertMayMask(options, caller);
      const onDone = (steps: number): void => {
        options.maskingSteps.charge(caller, steps);
      };
      const decodeRequest = new ClientRequest(caller, deadline, options);
      const work = { endpoint, namespace, codecs, exchange, noteEnvelopes, deadline, decodeRequest };
      const result =
        endpoint === 'encode'
          ? await encodePayloads(payloads, work)
          : await access.policy.apply(await decodePayloads(options, payloads, work), {
              signal: deadline,
              onDone,
            });
      const answer = formatPayloads(result);
      account.resize(answer.length);
      const { onAnswered } = request.connection;
      if (onAnswered !== undefined) {
        isHeld = true;
        onAnswered(release);
      }
      return { status: 200, headers: PAYLOADS_HEADERS, body: answer };
    } catch (error) {
      throw toRequestError(error);
    } finally {
      if (!isHeld) release();
    }
  };
  return (exchange) =>
    withinDeadline(options.deadline, exchange.request.connection.onAnswered, (deadline) =>
      answer(exchange, deadline),
    );
}

/** Who asks the codecs. */
class ClientRequest implements DecodeRequest {
  readonly caller: string;
  readonly takeKeyRequest: () => boolean;
  readonly #deadline: RequestDeadline;

  constructor(caller: string, deadline: RequestDeadline, { keyRequests }: ResolvedOptions) {
    this.caller = caller;
    this.#deadline = deadline;
    this.takeKeyRequest = () => keyRequests.tryTake(caller) === 0;
  }

  /** Most requests are answered without it. */
  get signal(): AbortSignal {
    return this.#deadline.signal;
  }
}

/**
 * @throws RequestError 429 where masking for the principal has taken more than a fair share of the
 *   processor
 */
function assertMayMask({ maskingSteps }: ResolvedOptions, caller: string): void {
  const waitMs = maskingSteps.tryTake(caller);
  if (waitMs === 0) return;
  throw tooMany('MASKING_LIMITED', 'Masking what you asked for took too long. Wait, and try again.', waitMs);
}

function notFound(message: string): RequestError {
  return new RequestError(404, 'NOT_FOUND', message);
}

/** A request that may be answered. */
interface CodecRequest {
  readonly endpoint: Endpoint;
  readonly namespace: string | undefined;
  /** Those of the namespace. */
  readonly codecs: readonly PayloadCodec[];
  readonly exchange: Exchange;
  /** Notes for the audit log what payloads say of themselves in clear; does nothing where no log is kept. */
  readonly noteEnvelopes: (payloads: readonly Payload[]) => void;
  /** Ends the work at the deadline. */
  readonly deadline: RequestDeadline;
  /**
   * Who asks, for codecs that ask key services. One object for all that is decoded, so that it is counted
   * together.
   */
  readonly decodeRequest: DecodeRequest;
}

/** @throws RequestError for a placeholder, and what the codecs throw */
async function encodePayloads(
  payloads: Payload[],
  { codecs, namespace, noteEnvelopes }: CodecRequest,
): Promise<Payload[]> {
  if (payloads.some(isPlaceholder)) {
    throw new RequestError(
      400,
      'PLACEHOLDER_NOT_ENCODED',
      'A payload is the text that stood for one that could not be decoded. Put the real value in its place.',
    );
  }
  const encoded = await runCodecs(codecs, 'encode', payloads, namespace);
  noteEnvelopes(encoded);
  return encoded;
}

/**
 * Decodes payloads, and those that they refer to in external storage: always for `/download`, and for
 * `/decode` unless the client asks for the references (`?preserveStorageRefs=true`).
 *
 * @throws RequestError, and what the codecs throw
 */
async function decodePayloads(
  { externalStorage, onPayloadError, onError }: ResolvedOptions,
  payloads: Payload[],
  { endpoint, namespace, codecs, exchange, noteEnvelopes, deadline, decodeRequest }: CodecRequest,
): Promise<Payload[]> {
  const { request, requestId, facts } = exchange;
  const isDownload = endpoint === 'download';
  if (isDownload && payloads.some((payload) => parseReference(payload) === undefined)) {
    throw new RequestError(
      400,
      'NOT_A_REFERENCE',
      'A payload to download is no reference to external storage. POST it to /decode.',
    );
  }
  const keepsReferences = !isDownload && request.query('preserveStorageRefs')?.toLowerCase() === 'true';
  const decode = async (given: Payload[]): Promise<Payload[]> => {
    const inline =
      externalStorage === undefined || keepsReferences
        ? given
        : await retrieveReferences(given, externalStorage, {
            namespace,
            principal: facts.principal,
            signal: deadline.signal,
          });
    noteEnvelopes(inline);
    // For display: what a worker must not take for data may be read by a person.
    return (await runCodecs(codecs, 'decode', inline, namespace, decodeRequest)).map(readableRedaction);
  };
  try {
    return await decode(payloads);
  } catch (error) {
    if (onPayloadError === 'fail' || isDownload) throw error;
    const decoded = await decodeEach(decode, payloads, onPayloadError, deadline);
    facts.unreadableCount = decoded.unreadableCount;
    const { code, message } = toRequestError(error);
    onError(error, { requestId, status: 200, code, message });
    return decoded.payloads;
  }
}

/** What payloads say of themselves in clear. No key is used. */
function inspectPayloads(payloads: readonly Payload[]): {
  readonly payloads: readonly PayloadDescription[];
} {
  return {
    payloads: payloads.map(({ metadata, data }) =>
      describePayload({ metadata: new Map(Object.entries(metadata ?? {})), data: data ?? new Uint8Array() }),
    ),
  };
}
