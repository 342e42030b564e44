import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ClientCertificate } from '../../client-certificate';

const known = new WeakMap<Socket, ClientCertificate>();

/**
 * The certificate that the client of a connection showed. Each connection is looked at once.
 *
 * @returns undefined where it showed none. Whether Node calls the connection authorized says too little then: a resumed TLS 1.3
 *   session is authorized without any certificate.
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
