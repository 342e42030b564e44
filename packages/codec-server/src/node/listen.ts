import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { msToNumber } from '@temporalio/common/lib/time';
import { ConfigurationError } from '@waxseal/core';
import type { CodecServer } from '../codec-server';
import { drain } from './drain';
import { IdleConnections } from './idle-connections';
import { isLoopback } from './is-loopback';
import type { ListenOptions } from './listen-options';
import type { ListeningCodecServer } from './listening-codec-server';
import { requireLoopbackHost } from './require-loopback-host';

// Longer than the deadline of a request, so that slow bodies are answered with 504 and not cut.
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000 };

/**
 * Serves a Codec Server over HTTP on Node.
 *
 * @throws ConfigurationError when the host is not loopback (and network access was not allowed), or cannot be bound
 */
export async function listen(
  server: CodecServer,
  options: ListenOptions = {},
): Promise<ListeningCodecServer> {
  const { host = '127.0.0.1', port = 8081, allowUnauthenticatedNetworkAccess = false } = options;
  const drainMs = msToNumber(options.drainTimeout ?? '10s');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ConfigurationError('port must be a whole number from 0 to 65535.');
  }
  const isOpen = server.authenticates || allowUnauthenticatedNetworkAccess;
  if (!isLoopback(host) && !isOpen) {
    throw new ConfigurationError(
      `host is ${JSON.stringify(host)}, but this Codec Server has no authentication: everyone who can reach it could decrypt your payloads. Set auth, bind 127.0.0.1, or put a proxy that authenticates in front of it and set allowUnauthenticatedNetworkAccess.`,
    );
  }
  const guarded = isOpen ? server : requireLoopbackHost(server);
  const listener = getRequestListener((request) => guarded.fetch(request), { overrideGlobalObjects: false });
  const http = createServer(TIMEOUTS, (incoming, outgoing) => void listener(incoming, outgoing));
  const idle = new IdleConnections(http);
  await bind(http, host.replace(/^\[(.*)\]$/, '$1'), port);

  let closing: Promise<void> | undefined;
  return {
    url: urlOf(http.address() as AddressInfo),
    close: () => (closing ??= drain(http, idle, drainMs)),
  };
}

async function bind(http: Server, host: string, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      http.once('error', reject);
      http.listen(port, host, resolve);
    });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new ConfigurationError(
      `The Codec Server cannot listen on ${host} port ${String(port)} (${code}). Choose another host or port, or stop what uses it.`,
      { cause },
    );
  }
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${String(port)}`;
}
