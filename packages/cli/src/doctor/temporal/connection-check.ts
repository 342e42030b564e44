import type { TLSSocket } from 'node:tls';

import type { Check } from '../check';
import { TemporalFault } from './temporal-fault';

/**
 * What is to be said of a TLS connection that is open: its version, and the server's certificate.
 *
 * @throws TemporalFault when workers cannot use what this process can
 */
export function connectionCheck(socket: TLSSocket): Check {
  const { subjectaltname, valid_to: until } = socket.getPeerCertificate();
  if (subjectaltname === undefined) {
    // RFC 9525 §6.3 leaves the common name out; Node.js still looks at it.
    throw new TemporalFault(
      "the server's certificate has no subject alternative name: clients accept it, workers and the temporal command do not. Have it issued anew",
    );
  }
  if (socket.alpnProtocol !== 'h2') {
    throw new TemporalFault(
      'the server agrees to TLS and not to HTTP/2 (ALPN), which gRPC needs. Is a proxy in between?',
    );
  }
  const detail = `${socket.getProtocol() ?? 'TLS'}, the server's certificate is valid until ${until}`;
  return { name: 'temporal-connection', status: 'ok', detail };
}
