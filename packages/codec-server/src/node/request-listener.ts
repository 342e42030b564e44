import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { CodecServer } from '../codec-server';
import { RequestError } from '../http/request-error';
import { malformedRequest } from './malformed-request';
import { refuse } from './refuse';
import { clientCertificateOf } from './tls/client-certificate-of';

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
  const listener = getRequestListener(
    async (request, { incoming, outgoing }) => {
      // This server speaks HTTP/1.1 only.
      const message = incoming as IncomingMessage;
      const { socket } = message;
      const wrong = malformedRequest(message, 'encrypted' in socket);
      const clientCertificate = clientCertificateOf(socket);
      const response =
        wrong === undefined
          ? await fetch(request, clientCertificate === undefined ? {} : { clientCertificate })
          : refuse(wrong);
      if (wrong !== undefined || !mayKeep(socket)) {
        (outgoing as ServerResponse).setHeader('Connection', 'close');
      }
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
