import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';

/** What came back over a connection. */
export interface RawAnswer {
  /** All bytes, in Latin-1. */
  readonly text: string;
  /** Status codes of the answers, in order. */
  readonly statuses: readonly number[];
  /** Whether the server ended the connection. */
  readonly isClosed: boolean;
  readonly elapsedMs: number;
}

/** How to send. */
export interface RawOptions {
  /** How long to wait for the server to end the connection. Default: 2 s. */
  readonly ms?: number;
  /** The authority of an HTTPS server. */
  readonly ca?: string;
}

/** Bytes, or milliseconds to wait before the next. */
export type RawStep = string | Buffer | number;

/** Sends bytes as they are, and returns all that comes back until the connection ends or the time is over. */
export async function raw(
  url: string,
  steps: RawStep | readonly RawStep[],
  options: RawOptions = {},
): Promise<RawAnswer> {
  const { protocol, port } = new URL(url);
  const socket: Socket =
    protocol === 'https:'
      ? connectTls({ host: '127.0.0.1', port: Number(port), ca: options.ca })
      : connectTcp(Number(port), '127.0.0.1');
  const startedAt = performance.now();
  let text = '';
  let isClosed = false;
  const over = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, options.ms ?? 2_000);
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    // A reset is an end, too: the server does not read what comes after its refusal.
    socket.on('error', () => undefined);
    socket.once('end', () => (isClosed = true));
    socket.once('close', () => {
      isClosed = true;
      clearTimeout(timer);
      resolve();
    });
  });
  for (const step of typeof steps === 'object' && !Buffer.isBuffer(steps) ? steps : [steps]) {
    if (socket.destroyed) break;
    if (typeof step === 'number') await Promise.race([sleep(step), over]);
    else socket.write(step);
  }
  await over;
  socket.destroy();
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  return { text, statuses, isClosed, elapsedMs: performance.now() - startedAt };
}
