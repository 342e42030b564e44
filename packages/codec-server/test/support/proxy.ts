import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy that listens on loopback. */
export interface Proxy {
  readonly origin: string;
  close(): void;
}

/**
 * Starts a proxy, as it stands in front of the Web UI.
 *
 * @param targetOf where a path is sent to
 * @param headers that it adds to all answers
 */
export async function startProxy(
  targetOf: (path: string) => string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Proxy> {
  const server = createServer((asked, answer) => {
    const target = new URL(targetOf(asked.url ?? '/'));
    const sent = { method: asked.method, headers: { ...asked.headers, host: target.host } };
    const forwarded = request(target, sent, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, { ...answered.headers, ...headers });
      answered.pipe(answer);
    });
    forwarded.on('error', () => answer.destroy());
    asked.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
