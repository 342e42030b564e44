import type { Server } from 'node:http';
import type { Connections } from './connections';

/**
 * Closes an HTTP server: no new connections, idle ones closed at once and the others when their answer is out, at the
 * latest after `timeoutMs`.
 */
export async function drain(server: Server, connections: Connections, timeoutMs: number): Promise<void> {
  const force = setTimeout(() => {
    server.closeAllConnections();
  }, timeoutMs);
  try {
    await new Promise<void>((resolve, reject) => {
      server.close((error) => {
        if (error === undefined) resolve();
        else reject(error);
      });
      connections.close();
    });
  } finally {
    clearTimeout(force);
  }
}
