import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { notify, withDeadline } from '@waxseal/core/internal';
import { type AuditSink, RequestFacts, toAuditRecord } from '../audit';
import { clientAddress } from '../client-address';
import { toRequestError } from '../codec-error';
import type { ResolvedOptions } from '../options/resolve-options';
import type { RefusalSums } from '../refusal-sums';
import { errorAnswer, RequestError } from '../request-error';
import { namedExecution } from '../routing';
import type { Answer, Handle, ServerRequest } from '../server-request';
import type { Exchange } from './admission';
import { codecHandler } from './codec-handler';
import { CrossOrigin, type Lines } from './cross-origin';
import { infoHandler } from './info-handler';

/**
 * What keeps decrypted payloads out of caches, frames and the content sniffer; an answer may say otherwise.
 */
const SECURITY_HEADERS: Lines = Object.entries({
  'cache-control': 'no-store',
  // For answers that are not the page, which no browser has a reason to show.
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
});

/** For connections with TLS only (RFC 6797 §7.2). */
const HTTPS_HEADERS: Lines = [...SECURITY_HEADERS, ['strict-transport-security', 'max-age=31536000']];

/**
 * Answers every request: refuses what pages of other origins ask for, has the others answered, records POSTs
 * once their answers are ready, and adds the headers that all answers have.
 *
 * @param sums takes what is refused to senders who are not known, where there is much of it
 * @param isDraining whether the server is about to stop
 */
export function requestHandler(
  options: ResolvedOptions,
  sums: RefusalSums | undefined,
  isDraining: () => boolean,
): Handle {
  const { audit, telemetry } = options;
  const answerPost = codecHandler(options);
  const answerOther = infoHandler(options, isDraining);
  const origins = new CrossOrigin(options);
  const orFail = failing(options);

  const answerTo = async (exchange: Exchange): Promise<Answer> => {
    const { request } = exchange;
    if (request.method === 'OPTIONS') return orFail(exchange, () => origins.preflight(request));
    const answer = await orFail(exchange, () => {
      origins.assertMayAsk(request);
      return request.method === 'POST' ? answerPost(exchange) : answerOther(exchange);
    });
    if (audit === undefined || request.method !== 'POST') return answer;
    return orFail(exchange, () => recorded(exchange, answer, audit, sums), answer);
  };

  return async (request) => {
    const exchange = exchangeOf(request, options);
    const isObserved = telemetry !== undefined && request.method === 'POST';
    const begin = isObserved ? performance.now() : 0;
    if (isObserved) notify(() => telemetry.requestBegan?.());
    const { status, headers, body } = await answerTo(exchange);
    if (isObserved) {
      const { operation = null, payloadCount = 0, unreadableCount = 0 } = exchange.facts;
      const code = exchange.failure?.code ?? null;
      const durationMs = performance.now() - begin;
      notify(() =>
        telemetry.requestAnswered?.({ operation, status, code, durationMs, payloadCount, unreadableCount }),
      );
    }
    return {
      status,
      headerLines: [
        ...unlessIn(headers, request.isHttps ? HTTPS_HEADERS : SECURITY_HEADERS),
        ...unlessIn(headers, request.method === 'OPTIONS' ? [] : origins.headersFor(request)),
        ...linesOf(headers),
        'x-request-id',
        exchange.requestId,
      ],
      body: request.method === 'HEAD' ? null : body,
    };
  };
}

function linesOf(headers: Answer['headers']): string[] {
  const lines: string[] = [];
  for (const name in headers) lines.push(name, headers[name] ?? '');
  return lines;
}

/** What an answer does not say otherwise. */
function unlessIn(headers: Answer['headers'], lines: Lines): string[] {
  const left: string[] = [];
  for (const [name, value] of lines) if (!(name in headers)) left.push(name, value);
  return left;
}

function exchangeOf(request: ServerRequest, { trustedProxies }: ResolvedOptions): Exchange {
  const { remoteAddress } = request.connection;
  const address = clientAddress(remoteAddress, request.header('x-forwarded-for'), trustedProxies);
  return {
    request,
    requestId: requestIdOf(request),
    facts: new RequestFacts(address),
    failure: undefined,
  };
}

const REQUEST_ID = /^[\w\-=]{1,255}$/;

/** That of the client, where it is one. */
function requestIdOf(request: ServerRequest): string {
  const given = request.header('x-request-id');
  return given !== undefined && REQUEST_ID.test(given) ? given : randomUUID();
}

/** @returns runs work, and answers what it throws. Headers of an answer that is replaced stay. */
function failing({ onError }: ResolvedOptions) {
  return async (
    exchange: Exchange,
    work: () => Answer | Promise<Answer>,
    replaced?: Answer,
  ): Promise<Answer> => {
    try {
      return await work();
    } catch (error) {
      const failure = toRequestError(error);
      exchange.failure = failure;
      const { status, code, message } = failure;
      onError(failure.cause ?? failure, { requestId: exchange.requestId, status, code, message });
      const answer = errorAnswer(failure);
      const type = answer.headers['content-type'] ?? '';
      return { ...answer, headers: { ...answer.headers, ...replaced?.headers, 'content-type': type } };
    }
  };
}

const SINK_TIMEOUT_MS = 1_000;

/**
 * Records a request once its answer is ready and before it is sent. What cannot be recorded is not answered,
 * whatever the answer was.
 *
 * @returns the answer
 * @throws RequestError 503
 */
async function recorded(
  { request, requestId, facts, failure }: Exchange,
  answer: Answer,
  audit: AuditSink,
  sums: RefusalSums | undefined,
): Promise<Answer> {
  facts.named = namedExecution((name) => request.header(name), facts.namespace);
  const record = toAuditRecord(facts, requestId, answer.status, failure);
  if (record.principal === null && record.payloadCount === null && sums?.add(record) === true) return answer;
  try {
    const kept: unknown = audit(record);
    // Who is done at once is not waited for.
    if (kept !== undefined)
      await withDeadline(SINK_TIMEOUT_MS, undefined, () => Promise.resolve(kept), sinkIsLate);
    return answer;
  } catch (cause) {
    throw new RequestError(
      503,
      'AUDIT_UNAVAILABLE',
      'The request could not be recorded, and so is not answered. Try again.',
      { cause, retryAfterSeconds: 1 },
    );
  }
}

function sinkIsLate(): Error {
  return new Error('The audit sink took longer than a second.');
}
