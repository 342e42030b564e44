import {
  createServer as createHttpServer,
  type RequestListener,
  type Server,
  type ServerOptions,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ClientCertificate } from '../server-request';
import type { SecureContext } from './tls-material';

/**
 * Makes an HTTP server with limits, or an HTTPS server where there is a certificate. It does not listen yet.
 */
export function createNodeServer(listener: RequestListener, tls: SecureContext | undefined): Server {
  const server =
    tls === undefined
      ? createHttpServer(HTTP_LIMITS.options, listener)
      : createHttpsServer(
          {
            ...HTTP_LIMITS.options,
            ...tls,
            handshakeTimeout: HTTP_LIMITS.handshakeTimeout,
            // Who shows none, or a bad one, still gets /healthz, CORS preflights and an answer that says what
            // is wrong.
            requestCert: tls.ca !== undefined,
            rejectUnauthorized: false,
          },
          listener,
        );
  if (tls !== undefined) server.on('secureConnection', settleHandshake);
  return Object.assign(server, HTTP_LIMITS.properties);
}

/**
 * The first handshake decides: in another on the same connection, a client could show another certificate
 * unverified.
 */
function settleHandshake(socket: TLSSocket): void {
  socket.disableRenegotiation();
  clientCertificateOf(socket);
}

const OPTIONS = {
  // Also where NODE_OPTIONS has --insecure-http-parser, which lets requests be smuggled past a proxy.
  insecureHTTPParser: false,
  // All headers together; NODE_OPTIONS can change Node's default.
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  // Longer than the deadline of a request, so that slow bodies are answered with 504 and not cut.
  requestTimeout: 30_000,
  // By default the two above are looked at every 30 s only.
  connectionsCheckingInterval: 1_000,
  // Longer than the 60 s after which common load balancers give up idle connections.
  keepAliveTimeout: 65_000,
} satisfies ServerOptions;

/** What Node takes as properties of a server and not as options. */
const PROPERTIES = {
  // Node drops headers beyond a count without a word; they are refused elsewhere instead.
  maxHeadersCount: 0,
  // A client that neither sends nor reads is cut off after once to twice this. Longer than any deadline.
  timeout: 10_000,
  // So that a connection does not outlive a certificate by long.
  maxRequestsPerSocket: 1_000,
  // Beyond these, connections are closed at once; without a bound, those who only connect could take all
  // memory.
  maxConnections: 10_000,
};

/**
 * What Node's HTTP server bounds, written out where its default is lax or can be changed from outside the
 * program (https://nodejs.org/docs/latest-v20.x/api/http.html#httpcreateserveroptions-requestlistener).
 */
export const HTTP_LIMITS = {
  options: OPTIONS,
  properties: PROPERTIES,
  // Of an HTTPS server only; Node gives 120 s.
  handshakeTimeout: 10_000,
};

const known = new WeakMap<Socket, ClientCertificate>();

/**
 * The certificate that the client of a connection showed. Each connection is looked at once.
 *
 * @returns undefined where it showed none. Whether Node calls the connection authorized says too little then:
 *   a resumed TLS 1.3 session is authorized without any certificate.
 */
export function clientCertificateOf(socket: Socket): ClientCertificate | undefined {
  const found = known.get(socket) ?? lookAt(socket);
  if (found !== undefined) known.set(socket, found);
  return found;
}

function lookAt(socket: Socket): ClientCertificate | undefined {
  if (!isTls(socket)) return undefined;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  // Of the type Error in the typings, a string in fact.
  const error: unknown = socket.authorizationError;
  return {
    certificate,
    refusal: socket.authorized ? undefined : typeof error === 'string' ? error : 'unknown',
  };
}

function isTls(socket: Socket): socket is TLSSocket {
  return 'encrypted' in socket && socket.encrypted === true;
}
