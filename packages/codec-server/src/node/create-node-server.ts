import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { HTTP_LIMITS } from './http-limits';
import { clientCertificateOf } from './tls/client-certificate-of';
import type { SecureContext } from './tls/secure-context';

/** Makes an HTTP server with limits, or an HTTPS server where there is a certificate. It does not listen yet. */
export function createNodeServer(listener: RequestListener, tls: SecureContext | undefined): Server {
  const server =
    tls === undefined
      ? createHttpServer(HTTP_LIMITS.options, listener)
      : createHttpsServer(
          {
            ...HTTP_LIMITS.options,
            ...tls,
            handshakeTimeout: HTTP_LIMITS.handshakeTimeout,
            // Who shows none, or a bad one, still gets /healthz, CORS preflights and an answer that says what is wrong.
            requestCert: tls.ca !== undefined,
            rejectUnauthorized: false,
          },
          listener,
        );
  if (tls !== undefined) server.on('secureConnection', settleHandshake);
  return Object.assign(server, HTTP_LIMITS.properties);
}

/** The first handshake decides: in another on the same connection, a client could show another certificate unverified. */
function settleHandshake(socket: TLSSocket): void {
  socket.disableRenegotiation();
  clientCertificateOf(socket);
}
