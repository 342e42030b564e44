import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Asks the system for a TCP port of 127.0.0.1 that is free now. Another process may take it before the caller
 * does, so a service that fails to bind is started again on another port.
 */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') {
    throw new Error('The system gave no TCP port.');
  }
  return address.port;
}
