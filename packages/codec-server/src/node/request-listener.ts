import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isLoopback } from '@waxseal/core/provider';
import type { ClientConnection, ReadyAnswer } from '../server-request';
import { RequestError, errorAnswer } from '../request-error';
import { endUnread, UnreadAnswers } from './connections';
import { NodeRequest, valuesOf } from './node-request';
import { clientCertificateOf } from './node-server';

/** Answers what came over a connection of Node. */
export type NodeHandle = (request: NodeRequest) => Promise<ReadyAnswer>;

/**
 * Answers what comes over the connections of a Node server.
 *
 * @param handle answers one request
 * @param mayKeep whether a connection may be kept after the answer that is about to be sent
 */
export function requestListener(handle: NodeHandle, mayKeep: (socket: Socket) => boolean): RequestListener {
  const unread = new UnreadAnswers();
  const respond = async (
    message: IncomingMessage,
    response: ServerResponse,
    onClosed: (() => void)[],
  ): Promise<void> => {
    const { socket } = message;
    const { answer, isLast } = await answerTo(message, connectionOf(socket, response, onClosed), handle);
    unread.add(response, socket);
    send(response, answer, isLast || !mayKeep(socket));
  };
  return (message, response) => {
    // The server as a whole (RFC 9110 §9.3.7), which load balancers ask for.
    if (message.method === 'OPTIONS' && message.url === '*') message.url = '/';
    const onClosed: (() => void)[] = [];
    response.once('close', () => {
      endUnread(message);
      unread.remove(response);
      for (const callback of onClosed) callback();
    });
    respond(message, response, onClosed).catch(() => {
      response.destroy();
    });
  };
}

function connectionOf(socket: Socket, response: ServerResponse, onClosed: (() => void)[]): ClientConnection {
  return {
    remoteAddress: socket.remoteAddress,
    clientCertificate: clientCertificateOf(socket),
    onAnswered: (callback) => {
      if (response.closed) callback();
      else onClosed.push(callback);
    },
  };
}

/** @returns `isLast`: the rest of a body that is not read is not waited for */
async function answerTo(
  message: IncomingMessage,
  connection: ClientConnection,
  handle: NodeHandle,
): Promise<{ readonly answer: ReadyAnswer; readonly isLast: boolean }> {
  let request: NodeRequest;
  try {
    request = new NodeRequest(message, connection);
  } catch {
    return { answer: refuse(malformed('The request is not valid HTTP.')), isLast: false };
  }
  const wrong = malformedRequest(message, request.isHttps);
  if (wrong !== undefined) return { answer: refuse(wrong), isLast: true };
  const answer = await handle(request);
  return { answer, isLast: leavesBody(message, answer) };
}

/** Whether an answer comes before the whole body, and that is not a small one which is about to come. */
function leavesBody({ complete }: IncomingMessage, { status }: ReadyAnswer): boolean {
  return !complete && (status === 408 || status === 413 || status === 503 || status === 504);
}

function send(response: ServerResponse, { status, headerLines, body }: ReadyAnswer, isLast: boolean): void {
  const lines = [...headerLines];
  if (isLast) lines.push('connection', 'close');
  if (body === null) {
    response.writeHead(status, lines).end();
    return;
  }
  const length = Buffer.byteLength(body);
  lines.push('content-length', String(length));
  // Of text that is ASCII, Node copies each character as the byte that it is.
  response.writeHead(status, lines).end(body, length === body.length ? 'latin1' : 'utf8');
}

const MAX_HEADERS = 500;
const DOT_SEGMENT = /\/(\.|%2e){1,2}(?:\/|$)/i;

/**
 * What is wrong with a request that Node lets pass although something in front could have read it otherwise:
 * who it is addressed to (RFC 9112 §3.2, §3.2.2), where its body ends (§6.1), or what its path is. Or it has
 * too many headers: Node counts the characters of their names and values only.
 *
 * @param isTls whether it came over TLS
 */
function malformedRequest(message: IncomingMessage, isTls: boolean): RequestError | undefined {
  const { url = '', method, headers, httpVersion, rawHeaders } = message;
  if (rawHeaders.length > 2 * MAX_HEADERS) {
    return new RequestError(
      431,
      'HEADERS_TOO_LARGE',
      `The request has more than ${String(MAX_HEADERS)} headers.`,
    );
  }
  if (valuesOf(message, 'host').length > 1) return malformed('The request has more than one Host.');
  // Health checks over HTTP/1.0 name none.
  if (method === 'POST' && (headers.host ?? '') === '') return malformed('The request names no Host.');
  const own = `${isTls ? 'https' : 'http'}://${headers.host ?? ''}/`;
  if (!url.startsWith('/') && !url.startsWith(own)) {
    return malformed('The target of the request is of another server.');
  }
  const [path = ''] = url.split(/[?#]/, 1);
  if (DOT_SEGMENT.test(path)) return malformed('The path of the request has a segment "." or "..".');
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && (coding.toLowerCase() !== 'chunked' || httpVersion !== '1.1')) {
    return malformed('The request has a Transfer-Encoding other than chunked.');
  }
  return undefined;
}

function malformed(message: string): RequestError {
  return new RequestError(400, 'MALFORMED_REQUEST', message);
}

/**
 * The answer to a request that the handler does not see or does not answer, and so has to have its headers
 * here.
 */
export function refuse(error: RequestError): ReadyAnswer {
  const { status, headers, body } = errorAnswer(error);
  const own = { 'cache-control': 'no-store', ...headers, 'x-content-type-options': 'nosniff' };
  return { status, headerLines: Object.entries(own).flat(), body };
}

/**
 * Refuses requests whose `Host` is not a loopback name. A page of any site can make its own name resolve to
 * 127.0.0.1 (DNS rebinding) and is then of the same origin as this server, so that CORS does not apply.
 * Requests without one, which are no POSTs, come from no page: every browser names it.
 */
export function requireLoopbackHost(handle: NodeHandle): NodeHandle {
  return async (request) => {
    if (isLoopbackHost(request.header('host') ?? '')) return handle(request);
    return refuse(
      new RequestError(
        403,
        'HOST_NOT_ALLOWED',
        'This Codec Server has no authentication and answers only at a loopback address, such as http://127.0.0.1.',
      ),
    );
  };
}

function isLoopbackHost(host: string): boolean {
  if (host === '' || /^(?:localhost|127\.0\.0\.1)(?::(?:\d{1,4}|[1-5]\d{4}|6[0-4]\d{3}))?$/.test(host))
    return true;
  const url = `http://${host}`;
  return URL.canParse(url) && isLoopback(new URL(url).hostname);
}
