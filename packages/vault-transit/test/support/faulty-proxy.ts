import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A request as it went through. */
export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** Stands before a server on loopback and passes requests on, or spoils the answers. */
export class FaultyProxy {
  readonly seen: SeenRequest[] = [];
  delayMs = 0;
  /** Answers still to be refused for want of quota, as OpenBao refuses them. */
  throttled = 0;
  /** Answers still to be cut in the middle. */
  cut = 0;
  /** Given instead of passing on: status, headers, body. */
  instead: ((path: string) => readonly [number, Record<string, string>, string] | undefined) | undefined;
  address = '';

  readonly #target: string;
  readonly #server = createServer((request, response) => {
    this.#pass(request, response).catch(() => response.destroy());
  });

  constructor(target: string) {
    this.#target = target;
  }

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.address = `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
    return this;
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    this.seen.push({ path, headers: request.headers });
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (this.delayMs > 0) await sleep(this.delayMs, undefined, { ref: false });
    const instead = this.instead?.(path) ?? this.#refusal(path);
    if (instead !== undefined) {
      const [status, headers, body] = instead;
      response.writeHead(status, headers).end(body);
      return;
    }
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => /^(x-vault-.*|content-type)$/.test(name)),
    ) as Record<string, string>;
    const { method = 'POST' } = request;
    const sent = method === 'GET' ? {} : { body: Buffer.concat(chunks) };
    const answer = await fetch(this.#target + path, { method, headers, ...sent });
    const body = Buffer.from(await answer.arrayBuffer());
    response.writeHead(answer.status, { 'content-type': 'application/json', 'content-length': body.length });
    if (this.cut > 0) {
      this.cut -= 1;
      response.write(body.subarray(0, body.length / 2), () => response.destroy());
    } else {
      response.end(body);
    }
  }

  #refusal(path: string): readonly [number, Record<string, string>, string] | undefined {
    if (this.throttled === 0) return undefined;
    this.throttled -= 1;
    const text = `request path "${path.slice('/v1/'.length)}": rate limit quota exceeded`;
    return [429, { 'content-type': 'application/json' }, JSON.stringify({ errors: [text] })];
  }
}
