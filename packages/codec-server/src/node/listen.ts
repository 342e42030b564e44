import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigurationError, isLoopback } from '@waxseal/core/provider';
import { type CodecServer, handlerOf } from '../codec-server';
import { toRequestError } from '../codec-error';
import { fromResponse } from '../http/web-standard';
import { Connections, drain } from './connections';
import { type ListenOptions, resolveListenOptions, type ListenSettings } from './listen-options';
import { createNodeServer } from './node-server';
import { type NodeHandle, refuse, requestListener, requireLoopbackHost } from './request-listener';
import { startTls, type StartedTls } from './tls-reloader';

/**
 * Serves a Codec Server over HTTP or HTTPS on Node.
 *
 * @throws ConfigurationError when an option or a certificate is not usable, when the host is not loopback
 *   (and network access was not allowed), or cannot be bound
 */
export async function listen(
  server: CodecServer,
  options: ListenOptions = {},
): Promise<ListeningCodecServer> {
  const { settings, tls } = await prepare(server, options);
  const isOpen = server.authenticates || settings.allowUnauthenticatedNetworkAccess;
  const handle = handlerOf(server) ?? throughFetch(server);
  const listener = requestListener(isOpen ? handle : requireLoopbackHost(handle), (socket) =>
    connections.mayKeep(socket),
  );
  const http = createNodeServer(listener, tls?.context);
  const connections = new Connections(http, tls !== undefined);
  const place = await bind(http, settings.host, settings.port);
  const reloader = tls?.watch(http, connections);

  const close = async (): Promise<void> => {
    server.drain();
    connections.beginClosing();
    await sleep(settings.drainDelay);
    reloader?.stop();
    await drain(http, connections, settings.drainTimeout);
  };
  let closing: Promise<void> | undefined;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${place}`,
    close: () => (closing ??= close()),
  };
}

/** Answers by the `fetch` of a server that something else has made, such as one around a Codec Server. */
function throughFetch(server: CodecServer): NodeHandle {
  return async (request) => {
    try {
      return await fromResponse(await server.fetch(request.toRequest(), request.connection));
    } catch (error) {
      return refuse(toRequestError(error));
    }
  };
}

/**
 * Checks all that {@link listen} checks before it binds: options, rules that server and options must keep
 * together, certificate and key.
 *
 * @throws ConfigurationError as {@link listen} does
 */
export async function assertCanListen(server: CodecServer, options: ListenOptions = {}): Promise<void> {
  await prepare(server, options);
}

interface Prepared {
  readonly settings: ListenSettings;
  readonly tls: StartedTls | undefined;
}

async function prepare(server: CodecServer, options: ListenOptions): Promise<Prepared> {
  const settings = resolveListenOptions(options);
  assertMayListen(server, settings);
  return { settings, tls: settings.tls && (await startTls(settings.tls)) };
}

/** A Codec Server that accepts connections. */
export interface ListeningCodecServer {
  /** Where it listens, without a trailing slash: `http://127.0.0.1:8081`, or `https://…` with `tls`. */
  readonly url: string;

  /**
   * Says that it is not ready (`drain()` of the Codec Server) and waits for `drainDelay`; then stops
   * accepting connections, waits for the requests that are being answered, and cuts what is left after the
   * drain timeout. Calling it again returns the same promise. The codec is not closed: it belongs to the
   * caller.
   */
  close(): Promise<void>;
}

/**
 * Refuses to let everybody decrypt, and to ask for certificates that nobody reads or read those that nobody
 * asks for.
 *
 * @throws ConfigurationError
 */
function assertMayListen(
  { authenticates, readsClientCertificates }: CodecServer,
  { host, tls, allowUnauthenticatedNetworkAccess }: ListenSettings,
): void {
  if (!isLoopback(host) && !authenticates && !allowUnauthenticatedNetworkAccess) {
    throw new ConfigurationError(
      `host is ${JSON.stringify(host)}, but this Codec Server has no authentication: everyone who can reach it could decrypt your payloads. Set auth, bind 127.0.0.1, or put a proxy that authenticates in front of it and set allowUnauthenticatedNetworkAccess.`,
    );
  }
  const asks = tls?.clientCa !== undefined;
  if (readsClientCertificates && !asks) {
    throw new ConfigurationError(
      'auth has an entry of the type "client-certificate", but no certificate is asked for. Set tls with certFile, keyFile and clientCaFile.',
    );
  }
  if (asks && !readsClientCertificates) {
    throw new ConfigurationError(
      'tls.clientCaFile has clients asked for certificates, but nothing looks at them: who shows none would be let in as before. Add { "type": "client-certificate", … } to auth, or leave clientCaFile out.',
    );
  }
}

/**
 * Makes a server listen.
 *
 * @param host IPv6 addresses may stand in brackets
 * @returns host and port as a URL has them
 * @throws ConfigurationError when the address cannot be bound
 */
export async function bind(server: Server, host: string, port: number): Promise<string> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host.replace(/^\[(.*)\]$/, '$1'), resolve);
    });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new ConfigurationError(
      `The Codec Server cannot listen on ${host} port ${String(port)} (${code}). Choose another host or port, or stop what uses it.`,
      { cause },
    );
  }
  // Node reports a connection that it could not accept as an error of the server, which goes on; unheard it
  // ends the process.
  server.on('error', () => undefined);
  const { address, family, port: bound } = server.address() as AddressInfo;
  return `${family === 'IPv6' ? `[${address}]` : address}:${String(bound)}`;
}
