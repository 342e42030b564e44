import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { PayloadCodec } from '@temporalio/common';
import { createTestAuthority } from '@waxseal/bring-up';
import { createCodecServer, listen, type ListeningCodecServer, type ListenOptions } from '../src';
import { MaskCodec } from './support/mask-codec';
import { raw } from './support/raw';
import { askHttps } from './support/https';

const running: ListeningCodecServer[] = [];
const agents: Agent[] = [];

afterEach(async () => {
  for (const agent of agents.splice(0)) agent.destroy();
  await Promise.all(running.splice(0).map((server) => server.close()));
});

/** Starts a server whose codec takes a while. */
async function start(delayMs: number, options: ListenOptions = {}) {
  let asked = 0;
  const slow: PayloadCodec = {
    encode: (payloads) => Promise.resolve(payloads),
    decode: async (payloads) => {
      asked += 1;
      await sleep(delayMs);
      return payloads;
    },
  };
  const server = createCodecServer({ codec: slow });
  const listening = await listen(server, { port: 0, ...options });
  running.push(listening);
  const isAsked = async (count: number) => {
    while (asked < count) await sleep(10);
  };
  return { server, ...listening, isAsked };
}

/** One POST over a connection that is kept, if the server keeps it. */
function ask(
  url: string,
  agent: Agent,
): Promise<{ status: number; connection: string | undefined; isReused: boolean }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(`${url}/decode`, { method: 'POST', agent }, (response) => {
      response.resume().once('end', () => {
        const { statusCode: status = 0, headers } = response;
        resolve({ status, connection: headers.connection, isReused: sent.reusedSocket });
      });
    });
    sent.once('error', reject);
    sent.end('{}');
  });
}

function keepAlive(): Agent {
  const agent = new Agent({ keepAlive: true });
  agents.push(agent);
  return agent;
}

describe('close', () => {
  it('answers all 20 requests that are on their way, keeps no connection, and lets nobody in', async () => {
    const { server, url, close, isAsked } = await start(1_500);
    const agent = keepAlive();
    const pending = Array.from({ length: 20 }, () => ask(url, agent));
    await isAsked(20);
    expect(server.isDraining).toBe(false);
    const closing = close();
    expect(server.isDraining).toBe(true);
    await sleep(50);
    await expect(ask(url, keepAlive())).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const answers = await Promise.all(pending);
    expect(answers.map(({ status, connection }) => `${String(status)} ${String(connection)}`)).toEqual(
      Array.from({ length: 20 }, () => '200 close'),
    );
    await closing;
  });

  it('goes on during the drain delay, only not ready and keeping no connection', async () => {
    const { server, url, close } = await start(5, { drainDelay: '1500ms' });
    const agent = keepAlive();
    await expect(ask(url, agent)).resolves.toMatchObject({ status: 200, connection: 'keep-alive' });
    const startedAt = performance.now();
    const closing = close();
    expect(server.isDraining).toBe(true);
    const old = await ask(url, agent);
    expect(old).toEqual({ status: 200, connection: 'close', isReused: true });
    await sleep(200);
    await expect(ask(url, agent)).resolves.toEqual({ status: 200, connection: 'close', isReused: false });
    await expect(fetch(`${url}/healthz`)).resolves.toMatchObject({ status: 200 });
    await closing;
    expect(performance.now() - startedAt).toBeGreaterThan(1_490);
    await expect(ask(url, agent)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('loses no request of clients that keep connections, when the load balancer turns away in time', async () => {
    const { server, url, close } = await start(2, { drainDelay: '1500ms' });
    const outcomes = new Map<string, number>();
    let turnedAwayAt = Infinity;
    const load = async () => {
      const agent = keepAlive();
      while (performance.now() < turnedAwayAt) {
        if (server.isDraining) turnedAwayAt = Math.min(turnedAwayAt, performance.now() + 200);
        const outcome = await ask(url, agent).then(
          ({ status }) => String(status),
          (error: unknown) => (error as NodeJS.ErrnoException).code ?? 'unknown',
        );
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
    };
    const loads = Array.from({ length: 10 }, load);
    // However fast the machine is: each has kept its connection for some requests.
    while ((outcomes.get('200') ?? 0) < 30) await sleep(10);
    const before = outcomes.get('200') ?? 0;
    await close();
    await Promise.all(loads);
    expect([...outcomes.keys()]).toEqual(['200']);
    expect(outcomes.get('200')).toBeGreaterThan(before);
  });

  it('cuts what takes longer than the drain timeout, also over TLS and in the handshake', async () => {
    const authority = await createTestAuthority('drain');
    const { certPem: cert, keyPem: key } = await authority.issue({
      commonName: 'codec',
      ipAddresses: ['127.0.0.1'],
      usage: 'server',
    });
    const { url, close, isAsked } = await start(6_000, { drainTimeout: '300ms', tls: { cert, key } });
    const ca = authority.certPem;
    const pending = askHttps(url, { ca }).then(
      () => 'answered',
      () => 'cut',
    );
    const silent = connect(Number(new URL(url).port), '127.0.0.1');
    silent.on('error', () => undefined);
    const ended = new Promise((resolve) => silent.once('close', resolve));
    const idle = raw(url, '', { ca, ms: 5_000 });
    await isAsked(1);
    await sleep(100);
    const startedAt = performance.now();
    await close();
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    await expect(pending).resolves.toBe('cut');
    await ended;
    expect((await idle).isClosed).toBe(true);
  });
});

describe('drain', () => {
  it('of a server without listen says that it is about to stop', async () => {
    const server = createCodecServer({ codec: new MaskCodec() });
    expect(server.isDraining).toBe(false);
    server.drain();
    expect(server.isDraining).toBe(true);
    const response = await server.fetch(
      new Request('http://127.0.0.1/decode', { method: 'POST', body: '{}' }),
    );
    expect(response.status).toBe(200);
  });

  it.each([
    ['drainDelay', { drainDelay: '2h' }],
    ['drainTimeout', { drainTimeout: 'soon' }],
    ['grace', { grace: '1s' }],
  ])('refuses a bad %s', async (field, options) => {
    const server = createCodecServer({ codec: new MaskCodec() });
    await expect(listen(server, { port: 0, ...(options as ListenOptions) })).rejects.toThrow(field);
  });
});
