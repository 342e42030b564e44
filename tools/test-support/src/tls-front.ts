import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { connect as connectTls, createServer, type ConnectionOptions, type TlsOptions } from 'node:tls';

/** Speaks TLS in front of a server, with a certificate of its own that can be replaced. */
export interface TlsFront {
  readonly port: number;
  /** Takes these certificates from now on, and ends the connections that are there. */
  replace(options: TlsOptions): void;
  close(): Promise<void>;
}

/**
 * Starts it on a free port of 127.0.0.1.
 *
 * @param upstream port of 127.0.0.1 that gets what was decrypted
 * @param options certificate and key; `ca`, `requestCert` and `rejectUnauthorized` for clients' certificates
 * @param inner options of TLS to `upstream`; it is spoken to without where they are left out
 */
export async function startTlsFront(
  upstream: number,
  options: TlsOptions,
  inner?: ConnectionOptions,
): Promise<TlsFront> {
  const sockets = new Set<Socket>();
  const server = createServer(options, (client) => {
    const to = { port: upstream, host: '127.0.0.1' };
    const service = inner === undefined ? connect(to) : connectTls({ ...inner, ...to });
    for (const socket of [client, service]) {
      sockets.add(socket);
      socket.setNoDelay();
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    client.pipe(service).pipe(client);
    client.on('close', () => service.destroy());
    service.on('close', () => client.destroy());
  });
  // Also those whose handshake never ends.
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    replace: (renewed) => {
      server.setSecureContext(renewed);
      cut();
    },
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
