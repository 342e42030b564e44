import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { isLoopback } from '@waxseal/core/provider';
import type { CodecServer } from '../codec-server';
import { RequestError, errorResponse } from '../request-error';
import { clientCertificateOf } from './node-server';
import { UnreadAnswers } from './connections';

/** Whether an answer comes before the whole body, and that is not a small one which is about to come. */
function leavesBody({ complete }: IncomingMessage, { status }: Response): boolean {
  return !complete && (status === 408 || status === 413 || status === 503 || status === 504);
}

/**
 * Answers what comes over the connections of a Node server.
 *
 * @param fetch answers one request
 * @param mayKeep whether a connection may be kept after the answer that is about to be sent
 */
export function requestListener(
  fetch: CodecServer['fetch'],
  mayKeep: (socket: Socket) => boolean,
): RequestListener {
  const unread = new UnreadAnswers();
  const listener = getRequestListener(
    async (request, { incoming, outgoing }) => {
      // This server speaks HTTP/1.1 only.
      const message = incoming as IncomingMessage;
      const { socket } = message;
      const wrong = malformedRequest(message, 'encrypted' in socket);
      const clientCertificate = clientCertificateOf(socket);
      const answer = outgoing as ServerResponse;
      const { remoteAddress } = socket;
      const connection = {
        ...(remoteAddress === undefined ? {} : { remoteAddress }),
        ...(clientCertificate === undefined ? {} : { clientCertificate }),
        onAnswered: (callback: () => void) => {
          if (answer.closed) callback();
          else answer.once('close', callback);
        },
      };
      const response = wrong === undefined ? await fetch(request, connection) : refuse(wrong);
      // The rest of a body that is not read is not waited for.
      if (wrong !== undefined || !mayKeep(socket) || leavesBody(message, response)) {
        answer.setHeader('Connection', 'close');
      }
      unread.add(answer, socket);
      return response;
    },
    {
      hostname: NO_HOST,
      overrideGlobalObjects: false,
      errorHandler: () =>
        refuse(new RequestError(400, 'MALFORMED_REQUEST', 'The request is not valid HTTP.')),
    },
  );
  return (incoming, outgoing) => {
    // The server as a whole (RFC 9110 §9.3.7), which load balancers ask for.
    if (incoming.method === 'OPTIONS' && incoming.url === '*') incoming.url = '/';
    void listener(incoming, outgoing);
  };
}

/**
 * Stands for the host of requests that name none, as health checks over HTTP/1.0 do. No page can be of that
 * origin (RFC 6761 §6.4).
 */
const NO_HOST = 'host.invalid';

const MAX_HEADERS = 500;
const DOT_SEGMENT = /\/(\.|%2e){1,2}(?:\/|$)/i;

/**
 * What is wrong with a request that Node lets pass although something in front could have read it otherwise:
 * who it is addressed to (RFC 9112 §3.2, §3.2.2), where its body ends (§6.1), or what its path is. Or it has
 * too many headers: Node counts the characters of their names and values only.
 *
 * @param isTls whether it came over TLS
 */
function malformedRequest(
  { url = '', method, headers, headersDistinct, httpVersion, rawHeaders }: IncomingMessage,
  isTls: boolean,
): RequestError | undefined {
  if (rawHeaders.length > 2 * MAX_HEADERS) {
    return new RequestError(
      431,
      'HEADERS_TOO_LARGE',
      `The request has more than ${String(MAX_HEADERS)} headers.`,
    );
  }
  if ((headersDistinct['host'] ?? []).length > 1) return malformed('The request has more than one Host.');
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
 * The answer to a request that is refused before the handler sees it, and so has to have its headers here.
 */
function refuse(error: RequestError): Response {
  const response = errorResponse(error);
  response.headers.set('Cache-Control', 'no-store');
  response.headers.set('X-Content-Type-Options', 'nosniff');
  return response;
}

/**
 * Refuses requests whose `Host` is not a loopback name. A page of any site can make its own name resolve to
 * 127.0.0.1 (DNS rebinding) and is then of the same origin as this server, so that CORS does not apply.
 * Requests without one, which are no POSTs, come from no page: every browser names it.
 */
export function requireLoopbackHost(fetch: CodecServer['fetch']): CodecServer['fetch'] {
  return async (request, connection) => {
    const host = request.headers.get('Host') ?? '';
    const url = `http://${host}`;
    if (host === '' || (URL.canParse(url) && isLoopback(new URL(url).hostname))) {
      return fetch(request, connection);
    }
    return refuse(
      new RequestError(
        403,
        'HOST_NOT_ALLOWED',
        'This Codec Server has no authentication and answers only at a loopback address, such as http://127.0.0.1.',
      ),
    );
  };
}
