import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { CodecServer } from '../codec-server';
import { RequestError } from '../http/request-error';
import { malformedRequest } from './malformed-request';
import { refuse } from './refuse';
import { UnreadAnswers } from './unread-answers';
import { clientCertificateOf } from './tls/client-certificate-of';

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
      overrideGlobalObjects: false,
      errorHandler: () =>
        refuse(new RequestError(400, 'MALFORMED_REQUEST', 'The request is not valid HTTP.')),
    },
  );
  return (incoming, outgoing) => void listener(incoming, outgoing);
}
