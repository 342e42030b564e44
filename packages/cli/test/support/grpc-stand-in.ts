import { once } from 'node:events';
import { createSecureServer, type IncomingHttpHeaders, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** HTTP/2 over TLS that gives one answer to every call. */
export interface GrpcStandIn {
  readonly address: string;
  /** Headers of the calls so far. */
  readonly calls: readonly IncomingHttpHeaders[];
  close(): Promise<void>;
}

/** Starts it on a free port. @param answer headers, `grpc-status` among them */
export async function grpcStandIn(
  certificate: { readonly certPem: string; readonly keyPem: string },
  answer: Readonly<Record<string, string | number>>,
): Promise<GrpcStandIn> {
  const calls: IncomingHttpHeaders[] = [];
  const sessions = new Set<ServerHttp2Session>();
  const server = createSecureServer({ cert: certificate.certPem, key: certificate.keyPem });
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream, headers) => {
    calls.push(headers);
    stream.on('error', () => undefined);
    stream.respond(answer, { endStream: true });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    calls,
    close: async () => {
      for (const session of sessions) session.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
