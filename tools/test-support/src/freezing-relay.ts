import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * A relay of TCP connections that can be made to fall silent, as a NAT or a firewall does, to cut, or to
 * be slow.
 */
export interface FreezingRelay {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Connections that were made through it so far. */
  readonly connections: number;
  /**
   * Every connection that is there falls silent for good: bytes of either side are swallowed, and neither end
   * is told. Those that are made later pass.
   */
  freeze(): void;
  /** As {@link FreezingRelay.freeze}, and connections that are made later are silent too, until `thaw`. */
  freezeAll(): void;
  /** Connections that are made from now on pass; what fell silent stays so. */
  thaw(): void;
  /** Resets every connection that is there, on both sides. Those that are made later pass. */
  cut(): void;
  /** Where connections that are made from now on lead to; `undefined` refuses them. */
  upstream: number | undefined;
  /** How long bytes are held back that arrive from now on, each way, in milliseconds. 0 at first. */
  delayMs: number;
  close(): Promise<void>;
}

/**
 * Starts a relay to a port of 127.0.0.1 on a free one.
 *
 * @param upstream the port that is relayed to; may be set later
 */
export async function startFreezingRelay(upstream?: number): Promise<FreezingRelay> {
  const pairs = new Set<{ frozen: boolean; readonly sockets: readonly Socket[] }>();
  let isSilent = false;
  let connections = 0;
  const server = createServer((client) => {
    connections += 1;
    client.on('error', () => undefined);
    if (relay.upstream === undefined) {
      client.resetAndDestroy();
      return;
    }
    const service = connect(relay.upstream, '127.0.0.1');
    service.on('error', () => undefined);
    const pair = { frozen: isSilent, sockets: [client, service] };
    for (const socket of pair.sockets) socket.setNoDelay();
    pairs.add(pair);
    for (const [from, to] of [
      [client, service],
      [service, client],
    ] as const) {
      const after = inOrder(() => relay.delayMs);
      from.on('data', (bytes) => {
        after(() => {
          if (!pair.frozen) to.write(bytes);
        });
      });
      from.on('close', () => {
        after(() => {
          if (!pair.frozen) to.destroy();
        });
      });
    }
  });
  const freeze = (): void => {
    for (const pair of pairs) pair.frozen = true;
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const relay: FreezingRelay = {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    upstream,
    delayMs: 0,
    freeze,
    cut: () => {
      for (const { sockets } of pairs) for (const socket of sockets) socket.resetAndDestroy();
      pairs.clear();
    },
    freezeAll: () => {
      isSilent = true;
      freeze();
    },
    thaw: () => {
      isSilent = false;
    },
    close: async () => {
      for (const { sockets } of pairs) for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return relay;
}

/** Does steps one after the other, each when its delay is over; at once where there is none. */
function inOrder(delayMs: () => number): (step: () => void) => void {
  const waiting: (() => void)[] = [];
  return (step) => {
    const delay = delayMs();
    if (delay === 0 && waiting.length === 0) {
      step();
      return;
    }
    waiting.push(step);
    // Whichever timer fires, the oldest step goes first.
    setTimeout(() => waiting.shift()?.(), delay);
  };
}
