import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** An HTTP proxy that tunnels (CONNECT), and can go away. */
export interface HttpProxy {
  /** `http://127.0.0.1:<port>`, for `HTTPS_PROXY`. */
  readonly url: string;
  /** What it was asked to connect to, `host:port`, oldest first; what was asked without a tunnel, its URL. */
  readonly asked: string[];
  /** `Proxy-Authorization` of each of those. */
  readonly credentials: (string | undefined)[];
  /**
   * What it answers to CONNECT: a tunnel, an HTTP status, or nothing at all; with `reset` it takes no
   * connection, as one that is away. May be set.
   */
  answers: 'tunnel' | 'nothing' | 'reset' | number;
  /** Ends every connection that is there. */
  cut(): void;
  close(): Promise<void>;
}

/**
 * Starts a proxy on a free port of 127.0.0.1.
 *
 * @param hosts where names lead that only the proxy can resolve, by `host:port`: ports of 127.0.0.1
 */
export async function startHttpProxy(hosts: Readonly<Record<string, number>> = {}): Promise<HttpProxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.setNoDelay();
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const server = createServer((request, response) => {
    proxy.asked.push(String(request.url));
    response.writeHead(501).end();
  });
  server.on('connection', (socket) => {
    keep(socket);
    // The port stays taken, so that no other program gets it before the proxy is back.
    if (proxy.answers === 'reset') socket.resetAndDestroy();
  });
  server.on('connect', (request, client: Socket) => {
    const target = String(request.url);
    proxy.asked.push(target);
    proxy.credentials.push(request.headers['proxy-authorization']);
    if (proxy.answers === 'nothing' || proxy.answers === 'reset') return;
    if (typeof proxy.answers === 'number') {
      client.end(`HTTP/1.1 ${String(proxy.answers)} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(target) ?? [];
    const mapped = hosts[target];
    const upstream = mapped === undefined ? connect(Number(port), host) : connect(mapped, '127.0.0.1');
    keep(upstream);
    upstream.on('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(upstream).pipe(client);
    });
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const proxy: HttpProxy = {
    url: `http://127.0.0.1:${String(port)}`,
    asked: [],
    credentials: [],
    answers: 'tunnel',
    cut,
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
