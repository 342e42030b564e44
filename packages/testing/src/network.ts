import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A way to a server on this machine that can be lost. Made by `startRelay`. */
export class Relay {
  /** Connections that were made so far. */
  connections = 0;

  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  readonly #sockets = new Set<Socket>();

  /** Use `startRelay`. */
  constructor(port: number) {
    this.#server = createServer((client) => {
      this.connections++;
      const server = connect(port, '127.0.0.1');
      const pair = [client, server] as const;
      this.#pairs.add(pair);
      for (const [from, to] of [pair, [server, client] as const]) {
        this.#sockets.add(from);
        from.pipe(to);
        from.on('error', () => undefined);
        from.once('close', () => {
          this.#sockets.delete(from);
          to.destroy();
          this.#pairs.delete(pair);
        });
      }
    });
  }

  /** Port of the loopback interface to connect to. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /**
   * Loses what passes on the connections that there are, without ending them: as a firewall or a network
   * address translation that has forgotten them. New connections work.
   */
  freeze(): void {
    for (const [client, server] of this.#pairs) {
      for (const socket of [client, server]) {
        socket.unpipe();
        socket.on('data', () => undefined);
      }
    }
    this.#pairs.clear();
  }

  /** Listens on a free port of the loopback interface. Done by `startRelay`. */
  async listen(): Promise<void> {
    await listenOnLoopback(this.#server);
  }

  /** Cuts all connections and stops. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await closed(this.#server);
  }
}

/** Starts a relay to a port of this machine. */
export async function startRelay(port: number): Promise<Relay> {
  const relay = new Relay(port);
  await relay.listen();
  return relay;
}

/** An HTTP proxy that takes CONNECT (RFC 9110 §9.3.6). Made by `startHttpProxy`. */
export class HttpProxy {
  /** What was asked for so far, as `<host>:<port>`. */
  readonly targets: string[] = [];

  readonly #server: HttpServer = createHttpServer();
  readonly #sockets = new Set<Socket>();
  readonly #ports: ReadonlyMap<string, number>;

  /** Use `startHttpProxy`. */
  constructor(ports: Readonly<Record<string, number>>) {
    this.#ports = new Map(Object.entries(ports));
    this.#server.on('connect', (request, client: Socket) => {
      const target = request.url ?? '';
      this.targets.push(target);
      const port = this.#ports.get(target);
      client.on('error', () => undefined);
      if (port === undefined) {
        client.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      const server = connect(port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        server.pipe(client).pipe(server);
      });
      server.on('error', () => client.destroy());
      for (const socket of [client, server]) {
        this.#sockets.add(socket);
        socket.once('close', () => {
          this.#sockets.delete(socket);
          client.destroy();
          server.destroy();
        });
      }
    });
  }

  /** `http://127.0.0.1:<port>`, for `HTTPS_PROXY`. */
  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** @param port the one it had before, to come back there; a free one where it is left out */
  async listen(port = 0): Promise<void> {
    await listenOnLoopback(this.#server, port);
  }

  /** Cuts all connections and stops; {@link HttpProxy.listen} starts it again. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.closeAllConnections();
    await closed(this.#server);
  }
}

/**
 * Starts a proxy on a free port of the loopback interface.
 *
 * @param ports where on this machine it leads, by `<host>:<port>`; it answers 502 for all others
 */
export async function startHttpProxy(ports: Readonly<Record<string, number>>): Promise<HttpProxy> {
  const proxy = new HttpProxy(ports);
  await proxy.listen();
  return proxy;
}

async function listenOnLoopback(server: Server, port = 0): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function closed(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
