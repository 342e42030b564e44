import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The connections of an HTTP server on which no request is being answered. Node's own `closeIdleConnections` leaves out
 * those that have not sent anything yet, which browsers open ahead of need.
 */
export class IdleConnections {
  readonly #sockets = new Set<Socket>();
  #isClosing = false;

  /** @param server must not have accepted connections yet */
  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('request', ({ socket }, response) => {
      this.#sockets.delete(socket);
      response.once('close', () => {
        this.#add(socket);
      });
    });
  }

  /** Closes the idle connections now, and each other one when its answer is out. */
  close(): void {
    this.#isClosing = true;
    for (const socket of this.#sockets) socket.destroySoon();
  }

  #add(socket: Socket): void {
    if (socket.destroyed) return;
    if (this.#isClosing) socket.destroySoon();
    else this.#sockets.add(socket);
  }
}
