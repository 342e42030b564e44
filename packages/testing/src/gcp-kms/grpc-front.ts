import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A listener on the loopback interface that hands its connections to a gRPC server, and can cut one of them. */
export class GrpcFront {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(serve: (socket: Socket) => void) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
      serve(socket);
    });
  }

  /** The port that it listens on. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Listens on a free port. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  /**
   * Cuts the connection from that peer, at once.
   *
   * @param peer `address:port`, as `call.getPeer()` says it
   */
  cut(peer: string): void {
    for (const socket of this.#sockets)
      if (peer.endsWith(`:${String(socket.remotePort)}`)) socket.resetAndDestroy();
  }

  /** Cuts every connection and stops. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }
}
