import { constants } from 'node:crypto';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import {
  connect as connectTls,
  createServer,
  type ConnectionOptions,
  type SecureContextOptions,
  type TLSSocket,
} from 'node:tls';

/**
 * Starts what stands in front of a server where TLS is wanted, or another certificate: it speaks TLS to
 * clients on a free port of the loopback interface, demands a client certificate if told so, and passes the
 * bytes on as they are.
 *
 * A client without a certificate gets an alert. One whose certificate is not accepted is cut off without one,
 * as Node.js does; servers in other languages send an alert there too.
 */
export async function startTlsTerminator(options: TlsTerminatorOptions): Promise<TlsTerminator> {
  const { cert, key, clientCa, maxVersion = 'TLSv1.3', protocols = ['h2'] } = options;
  const shared: SecureContextOptions = {
    minVersion: 'TLSv1.2',
    maxVersion,
    // A session that is resumed is one whose certificate nobody looks at again.
    secureOptions: constants.SSL_OP_NO_TICKET,
    ...(clientCa === undefined ? {} : { ca: clientCa }),
  };
  const sockets = new Set<Socket>();
  const clients: string[] = [];
  let admitted = 0;
  let refused = 0;

  const server = createServer({
    ...shared,
    cert,
    key,
    ALPNProtocols: [...protocols],
    requestCert: clientCa !== undefined,
    rejectUnauthorized: clientCa !== undefined,
  });
  server.on('connection', (socket: Socket) => {
    keep(sockets, socket);
  });
  server.on('tlsClientError', () => (refused += 1));
  server.on('secureConnection', (client: TLSSocket) => {
    admitted += 1;
    if (clientCa !== undefined) clients.push(String(client.getPeerCertificate().subject.CN));
    const place = addressOf(options.upstream);
    const { upstreamTls } = options;
    const upstream = upstreamTls === undefined ? connect(place) : connectTls({ ...upstreamTls, ...place });
    keep(sockets, upstream);
    join(client, upstream);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const disconnectAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: `127.0.0.1:${String(port)}`,
    port,
    clients,
    get admitted() {
      return admitted;
    },
    get refused() {
      return refused;
    },
    useCertificate: (other) => {
      server.setSecureContext({ ...shared, ...other });
    },
    disconnectAll,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      disconnectAll();
      await closed;
    },
  };
}

function keep(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
}

/** Passes bytes both ways. What ends one side ends the other. */
function join(client: Socket, upstream: Socket): void {
  for (const [from, to] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    from.setNoDelay();
    from.pipe(to);
    from.on('error', () => to.destroy());
    from.once('close', () => to.destroy());
  }
}

function addressOf(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}

/** A running TLS terminator. */
export interface TlsTerminator {
  /** `127.0.0.1:<port>`. */
  readonly address: string;
  readonly port: number;
  /** Connections that were let in so far. */
  readonly admitted: number;
  /** Connections that were not: no TLS, no agreement, or no client certificate that is accepted. */
  readonly refused: number;
  /** Common names of the client certificates that were let in, in order; empty where none is asked for. */
  readonly clients: readonly string[];
  /** Shows another certificate to those who connect from now on. Connections that are open stay. */
  useCertificate(certificate: { readonly cert: string; readonly key: string }): void;
  /** Ends the connections that are open, and goes on listening. */
  disconnectAll(): void;
  /** Ends all connections and stops. */
  close(): Promise<void>;
}

/** Where a TLS terminator forwards to, and who it is. */
export interface TlsTerminatorOptions {
  /** `host:port` of the server behind it. */
  readonly upstream: string;
  /** How TLS is spoken to that server; without it, plaintext is. */
  readonly upstreamTls?: ConnectionOptions;
  /** What is spoken over TLS to clients that ask (ALPN). HTTP/2, as gRPC, unless given. */
  readonly protocols?: readonly ('h2' | 'http/1.1')[];
  /** The certificate that it shows, and its key, in PEM. */
  readonly cert: string;
  readonly key: string;
  /** PEM of the authority whose client certificates are let in. Without it none is asked for. */
  readonly clientCa?: string;
  /** Newest version of TLS that it speaks. 1.3, unless given. */
  readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3';
}
