import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigurationError } from '@waxseal/core';

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
  // Node reports a connection that it could not accept as an error of the server, which goes on; unheard it ends the process.
  server.on('error', () => undefined);
  const { address, family, port: bound } = server.address() as AddressInfo;
  return `${family === 'IPv6' ? `[${address}]` : address}:${String(bound)}`;
}
