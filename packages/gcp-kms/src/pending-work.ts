import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The requests and connections that were begun within it and are not done. Google's libraries end neither a
 * request to a silent metadata server nor one to a silent proxy, not even when the client is closed.
 */
export class PendingWork {
  readonly #requests = new Set<ClientRequest>();
  readonly #sockets = new Set<Socket>();
  #isEnded = false;

  /** Runs `task`, and has what it begins, then or later. */
  run<T>(task: () => T): T {
    observe();
    return works.run(this, task);
  }

  /** Ends all that is not done, and at once what may still begin. */
  end(): void {
    this.#isEnded = true;
    for (const each of [...this.#requests, ...this.#sockets]) each.destroy();
  }

  /** Has a request until it is done. */
  addRequest(request: ClientRequest): void {
    keep(this.#requests, request);
    // From then on an agent may give the connection to requests of others.
    const release = (socket: Socket): void => void this.#sockets.delete(socket);
    if (request.socket === null) request.once('socket', release);
    else release(request.socket);
    if (this.#isEnded) request.destroy();
  }

  /** Has a connection until it is closed or a request has it. */
  addSocket(socket: Socket): void {
    keep(this.#sockets, socket);
    if (this.#isEnded) socket.destroy();
  }
}

function keep<T extends ClientRequest | Socket>(all: Set<T>, each: T): void {
  all.add(each);
  each.once('close', () => all.delete(each));
}

const works = new AsyncLocalStorage<PendingWork>();
let isObserving = false;

/** Node.js tells of each request and connection, in the context that began it. */
function observe(): void {
  if (isObserving) return;
  isObserving = true;
  subscribe('http.client.request.start', (message) => {
    works.getStore()?.addRequest((message as { request: ClientRequest }).request);
  });
  subscribe('net.client.socket', (message) => {
    works.getStore()?.addSocket((message as { socket: Socket }).socket);
  });
}
