import { once, setMaxListeners } from 'node:events';
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** An answer that a service gives when it is asked too often. */
export interface ThrottledAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** What the proxy does with requests. */
type Behaviour =
  | { readonly kind: 'pass' }
  | { readonly kind: 'down' }
  | { readonly kind: 'slow'; readonly delayMs: number }
  | { readonly kind: 'throttle'; readonly share: number }
  | { readonly kind: 'cut' };

/**
 * Stands before a key service on loopback: passes requests on, or gets in their way. Counts them in either
 * case.
 */
export class FaultProxy {
  /** Requests that arrived so far; connections, while it is down. */
  requests = 0;

  readonly #target: string;
  readonly #throttled: ThrottledAnswer;
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch(() => response.destroy());
  });
  readonly #stopped = new AbortController();
  #behaviour: Behaviour = { kind: 'pass' };

  /** @param target base URL of the service */
  constructor(target: string, throttled: ThrottledAnswer) {
    this.#target = target;
    this.#throttled = throttled;
    // One listener for each request that is under way.
    setMaxListeners(0, this.#stopped.signal);
    this.#server.on('connection', (socket) => {
      if (this.#behaviour.kind !== 'down') return;
      this.requests += 1;
      // The port stays taken, so that no other process gets it before the service is back.
      socket.resetAndDestroy();
    });
  }

  /** Base URL, without a trailing slash. */
  get address(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  /** Resets every connection, the open ones and the new ones. */
  down(): void {
    this.#behaviour = { kind: 'down' };
    this.#server.closeAllConnections();
  }

  /** Passes requests on only after `delayMs`. */
  slow(delayMs: number): void {
    this.#behaviour = { kind: 'slow', delayMs };
  }

  /** Refuses a share of the requests, from 0 to 1, for want of quota. */
  throttle(share: number): void {
    this.#behaviour = { kind: 'throttle', share };
  }

  /** Cuts the connection in the middle of each answer. */
  cut(): void {
    this.#behaviour = { kind: 'cut' };
  }

  /** Passes everything on again. */
  heal(): void {
    this.#behaviour = { kind: 'pass' };
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    const behaviour = this.#behaviour;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (behaviour.kind === 'throttle' && Math.random() < behaviour.share) {
      const { status, contentType, body } = this.#throttled;
      response.writeHead(status, { 'content-type': contentType }).end(body);
      return;
    }
    if (behaviour.kind === 'slow') {
      await sleep(behaviour.delayMs, undefined, { signal: this.#stopped.signal });
    }
    const { status, headers, body } = await this.#pass(request, Buffer.concat(chunks));
    response.writeHead(status, { ...headers, 'content-length': body.length });
    if (behaviour.kind === 'cut') {
      response.write(body.subarray(0, body.length / 2), () => response.destroy());
    } else {
      response.end(body);
    }
  }

  async #pass(
    { url = '/', method = 'POST', headers }: IncomingMessage,
    body: Buffer,
  ): Promise<{ status: number; headers: Record<string, string>; body: Buffer }> {
    const outgoing = send(this.#target + url, { method, headers, signal: this.#stopped.signal });
    outgoing.end(body);
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    return {
      status: answer.statusCode ?? 502,
      headers: { 'content-type': answer.headers['content-type'] ?? 'application/json' },
      body: Buffer.concat(chunks),
    };
  }
}
