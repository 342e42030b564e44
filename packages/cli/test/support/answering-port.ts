import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** A port that answers the first bytes of whoever connects with these, and ends the connection. */
export interface AnsweringPort {
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Listens on a free port of the loopback interface. With nothing to answer it keeps silent, and the
 * connection open.
 */
export async function answeringPort(answer?: Uint8Array): Promise<AnsweringPort> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => answer !== undefined && socket.end(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${String(port)}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
