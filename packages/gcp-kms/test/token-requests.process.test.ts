import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { endSilentRequests } from '../src/token-requests';

/**
 * A server that accepts and never answers, and what Google's credentials ask by. In a process of its own,
 * since that loads `node-fetch` by `import()`, which Jest has not.
 */
const PRELUDE = `
const { once } = require('node:events');
const { createRequire } = require('node:module');
const { setTimeout: sleep } = require('node:timers/promises');
const { Gaxios } = createRequire(require.resolve('google-auth-library'))('gaxios');
const { endSilentRequests } = require('../dist/token-requests.js');
const sockets = new Set();
let connected = 0;
const server = require('node:net').createServer((socket) => {
  connected += 1;
  sockets.add(socket);
  socket.on('error', () => undefined).on('close', () => sockets.delete(socket)).resume();
});
const requests = async (silentMs, options) => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const gaxios = new Gaxios();
  endSilentRequests(gaxios, silentMs);
  endSilentRequests(gaxios, 1);
  const url = 'http://127.0.0.1:' + server.address().port + '/token';
  const started = performance.now();
  const asked = Array.from({ length: 12 }, () => gaxios.request({ url, ...options?.() }));
  const outcomes = await Promise.allSettled(asked);
  const ms = performance.now() - started;
  for (let tries = 0; tries < 100 && sockets.size > 0; tries += 1) await sleep(20);
  console.log(JSON.stringify({ connected, left: sockets.size, ms, failed: outcomes.filter(({ status }) => status === 'rejected').length }));
  process.exit();
};
`;

interface Seen {
  readonly connected: number;
  /** Sockets that are open after all requests have failed. */
  readonly left: number;
  readonly ms: number;
  readonly failed: number;
}

async function seenBy(program: string): Promise<Seen> {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', PRELUDE + program], {
    cwd: __dirname,
    timeout: 30_000,
  });
  return JSON.parse(stdout) as Seen;
}

describe('requests for tokens to a server that accepts and never answers', () => {
  it('end, and leave no socket', async () => {
    const { ms, ...seen } = await seenBy('requests(1_500);');
    expect(seen).toEqual({ connected: 12, left: 0, failed: 12 });
    expect(ms).toBeGreaterThan(1_490);
  });

  it('end earlier where their own signal says so', async () => {
    const { ms, ...seen } = await seenBy('requests(20_000, () => ({ signal: AbortSignal.timeout(1_500) }));');
    expect(seen).toEqual({ connected: 12, left: 0, failed: 12 });
    expect(ms).toBeLessThan(10_000);
  });

  it('are not made where their own signal is aborted already', async () => {
    const { ms, ...seen } = await seenBy(
      "requests(20_000, () => ({ signal: AbortSignal.abort(new Error('gone')) }));",
    );
    expect(seen).toEqual({ connected: 0, left: 0, failed: 12 });
    expect(ms).toBeLessThan(10_000);
  });

  it.each([undefined, null, {}, { interceptors: {} }, 'text'])('leaves %p, which is no client', (other) => {
    expect(() => {
      endSilentRequests(other);
    }).not.toThrow();
  });
});
