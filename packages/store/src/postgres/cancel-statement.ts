import { connect } from 'node:net';
import type { PostgresHost } from './connection-settings';

/** The code of a CancelRequest (https://www.postgresql.org/docs/current/protocol-message-formats.html). */
const CANCEL = 80_877_102;

/** Longest time to deliver a request. */
const DELIVERY_MS = 2_000;

/** One connection to a server, as the server calls it. */
export interface ServerProcess {
  readonly processId: number;
  readonly secretKey: number;
}

/**
 * Asks a server to cancel what it does for a connection: also a wait for a standby, which no timeout of the
 * server's ends, and no end of the connection.
 *
 * It goes in clear, as libpq's did up to version 16. Who listens could cancel what else the connection does,
 * so that it must not be used again.
 */
export function cancelStatement(host: PostgresHost, { processId, secretKey }: ServerProcess): void {
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(CANCEL, 4);
  request.writeInt32BE(processId, 8);
  request.writeInt32BE(secretKey | 0, 12);
  const socket = host.host.startsWith('/')
    ? connect(`${host.host}/.s.PGSQL.${String(host.port)}`)
    : connect(host.port, host.host);
  // Best effort: a statement that goes on ends by its own timeout.
  socket.on('error', () => undefined);
  socket.setTimeout(DELIVERY_MS, () => {
    socket.destroy();
  });
  socket.unref();
  socket.end(request);
  socket.resume();
}
