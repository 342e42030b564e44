import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The connections of an HTTP or HTTPS server. Node's own `closeIdleConnections` leaves out those that have
 * not sent anything yet, which browsers open ahead of need, and those that are still in the TLS handshake.
 */
export class Connections {
  readonly #idle = new Set<Socket>();
  readonly #shakingHands = new Map<string, Socket>();
  /** Requests that are being answered; with pipelining there can be several. */
  readonly #requests = new WeakMap<Socket, number>();
  readonly #generations = new WeakMap<Socket, number>();
  #generation = 0;
  #isClosing = false;
  #isClosed = false;

  /** @param server must not have accepted connections yet */
  constructor(server: Server, isTls: boolean) {
    server.on('connection', (socket: Socket) => {
      this.#generations.set(socket, this.#generation);
      if (isTls) this.#shakeHands(socket);
      else this.#open(socket);
    });
    server.on('secureConnection', (socket: Socket) => {
      const beneath = this.#shakingHands.get(endOf(socket));
      if (beneath !== undefined) {
        this.#shakingHands.delete(endOf(socket));
        this.#generations.set(socket, this.#generations.get(beneath) ?? -1);
      }
      this.#open(socket);
    });
    server.on('request', ({ socket }, response) => {
      this.#idle.delete(socket);
      this.#requests.set(socket, (this.#requests.get(socket) ?? 0) + 1);
      response.once('close', () => {
        const left = (this.#requests.get(socket) ?? 1) - 1;
        this.#requests.set(socket, left);
        if (left === 0) this.#add(socket);
      });
    });
  }

  /** Connections that are open now are not to be kept after their next answer. */
  renew(): void {
    this.#generation += 1;
  }

  /** Whether a connection may be kept after the answer that is about to be sent. */
  mayKeep(socket: Socket): boolean {
    return !this.#isClosing && this.#generations.get(socket) === this.#generation;
  }

  /** Lets no connection be kept after its next answer, those made from now on included. */
  beginClosing(): void {
    this.#isClosing = true;
  }

  /** Closes the idle connections now, and each other one when its answer is out. */
  close(): void {
    this.#isClosing = true;
    this.#isClosed = true;
    for (const socket of this.#idle) socket.destroySoon();
    for (const socket of this.#shakingHands.values()) socket.destroy();
  }

  #shakeHands(socket: Socket): void {
    const end = endOf(socket);
    this.#shakingHands.set(end, socket);
    socket.once('close', () => {
      if (this.#shakingHands.get(end) === socket) this.#shakingHands.delete(end);
    });
  }

  #open(socket: Socket): void {
    this.#add(socket);
    socket.once('close', () => this.#idle.delete(socket));
  }

  #add(socket: Socket): void {
    if (socket.destroyed) return;
    if (this.#isClosed) socket.destroySoon();
    else this.#idle.add(socket);
  }
}

/** Names the connection: a TLS socket does not say which socket is beneath it. */
function endOf({ remoteAddress = '', remotePort = 0 }: Socket): string {
  return `${remoteAddress} ${String(remotePort)}`;
}

/**
 * Closes an HTTP server: no new connections, idle ones closed at once and the others when their answer is
 * out, at the latest after `timeoutMs`.
 */
export async function drain(server: Server, connections: Connections, timeoutMs: number): Promise<void> {
  const force = setTimeout(() => {
    server.closeAllConnections();
  }, timeoutMs);
  try {
    await new Promise<void>((resolve, reject) => {
      server.close((error) => {
        if (error === undefined) resolve();
        else reject(error);
      });
      connections.close();
    });
  } finally {
    clearTimeout(force);
  }
}

const REST_MS = 500;

/**
 * Ends a connection on which the rest of a body that nobody reads does not come soon after the answer. Node
 * throws away what comes.
 */
export function endUnread(message: IncomingMessage): void {
  if (message.complete || message.destroyed) return;
  const { socket } = message;
  const timer = setTimeout(() => {
    socket.destroySoon();
  }, REST_MS).unref();
  message.resume().once('end', () => {
    clearTimeout(timer);
  });
}

/** Longest time for an answer to be taken. Node's own limit begins anew with each byte. */
const ANSWER_MS = 30_000;
const SWEEP_MS = 1_000;

/** Ends connections whose clients do not take their answers. One timer looks after all of them. */
export class UnreadAnswers {
  readonly #sent = new Map<ServerResponse, { readonly socket: Socket; readonly endsAtMs: number }>();
  #timer: NodeJS.Timeout | undefined;

  /** @param answer is about to be sent */
  add(answer: ServerResponse, socket: Socket): void {
    this.#sent.set(answer, { socket, endsAtMs: performance.now() + ANSWER_MS });
    this.#timer ??= setInterval(() => {
      this.#sweep();
    }, SWEEP_MS).unref();
  }

  /** @param answer is out, or its connection has ended */
  remove(answer: ServerResponse): void {
    this.#sent.delete(answer);
  }

  #sweep(): void {
    const now = performance.now();
    for (const { socket, endsAtMs } of this.#sent.values()) if (endsAtMs <= now) socket.destroy();
    if (this.#sent.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
