import { setTimeout as sleep } from 'node:timers/promises';
import type { CodecServer } from '../codec-server';
import { assertMayListen } from './assert-may-listen';
import { bind } from './bind';
import { Connections } from './connections';
import { createNodeServer } from './create-node-server';
import { drain } from './drain';
import type { ListenOptions } from './listen-options';
import type { ListeningCodecServer } from './listening-codec-server';
import { requestListener } from './request-listener';
import { requireLoopbackHost } from './require-loopback-host';
import { resolveListenOptions } from './resolve-listen-options';
import { startTls } from './tls/start-tls';

/**
 * Serves a Codec Server over HTTP or HTTPS on Node.
 *
 * @throws ConfigurationError when an option or a certificate is not usable, when the host is not loopback (and network access
 *   was not allowed), or cannot be bound
 */
export async function listen(
  server: CodecServer,
  options: ListenOptions = {},
): Promise<ListeningCodecServer> {
  const settings = resolveListenOptions(options);
  assertMayListen(server, settings);
  const isOpen = server.authenticates || settings.allowUnauthenticatedNetworkAccess;
  const fetch: CodecServer['fetch'] = (request, connection) => server.fetch(request, connection);
  const listener = requestListener(isOpen ? fetch : requireLoopbackHost(fetch), (socket) =>
    connections.mayKeep(socket),
  );
  const tls = settings.tls === undefined ? undefined : await startTls(settings.tls);
  const http = createNodeServer(listener, tls?.context);
  const connections = new Connections(http, tls !== undefined);
  const place = await bind(http, settings.host, settings.port);
  const reloader = tls?.watch(http, connections);

  const close = async (): Promise<void> => {
    server.drain();
    connections.beginClosing();
    await sleep(settings.drainDelayMs);
    reloader?.stop();
    await drain(http, connections, settings.drainTimeoutMs);
  };
  let closing: Promise<void> | undefined;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${place}`,
    close: () => (closing ??= close()),
  };
}
