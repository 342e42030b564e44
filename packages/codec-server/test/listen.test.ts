import { createServer } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Payload, PayloadCodec } from '@temporalio/common';
import {
  createCodecServer,
  listen,
  type CodecServer,
  type ListeningCodecServer,
  type ListenOptions,
} from '../src';
import { bind } from '../src/node/listen';
import { MaskCodec } from './support/mask-codec';

const running: ListeningCodecServer[] = [];

async function start(server: CodecServer, options: ListenOptions = {}): Promise<ListeningCodecServer> {
  const listening = await listen(server, { port: 0, ...options });
  running.push(listening);
  return listening;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

/** Sends raw bytes and returns all that comes back until the connection ends, or `ms` have passed. */
function raw(url: string, text: string, ms = 3_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let received = '';
    const done = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(received);
    };
    const timer = setTimeout(done, ms);
    socket.on('data', (chunk) => (received += chunk.toString('latin1')));
    socket.on('end', done).on('close', done).on('error', reject);
    socket.write(text);
  });
}

function request(host: string, body = '{}'): string {
  return `POST /decode HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${String(body.length)}\r\nConnection: close\r\n\r\n${body}`;
}

describe('listen', () => {
  it('serves over HTTP on loopback', async () => {
    const { url } = await start(createCodecServer({ codec: new MaskCodec() }));
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const response = await fetch(`${url}//decode`, {
      method: 'POST',
      body: '{}',
      headers: { 'X-Namespace': '' },
    });
    expect(response.status).toBe(200);
    await expect(response.json()).resolves.toEqual({ payloads: [] });
  });

  it('writes standard reason phrases, which the Web UI shows', async () => {
    const { url } = await start(createCodecServer({ codec: new MaskCodec() }));
    await expect(raw(url, request('localhost', '['))).resolves.toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  });

  it.each([['0.0.0.0'], ['::'], ['192.0.2.1'], ['codec.example.com'], ['127.0.0.1.example.com']])(
    'refuses to bind %s without authentication',
    async (host) => {
      await expect(
        listen(createCodecServer({ codec: new MaskCodec() }), { host, port: 0 }),
      ).rejects.toMatchObject({
        code: 'WAXSEAL_CONFIGURATION',
        message: expect.stringContaining('allowUnauthenticatedNetworkAccess'),
      });
    },
  );

  it('binds elsewhere when that is asked for by name', async () => {
    const options = { host: '0.0.0.0', allowUnauthenticatedNetworkAccess: true };
    const { url } = await start(createCodecServer({ codec: new MaskCodec() }), options);
    await expect(raw(url, request('codec.example.com'))).resolves.toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it.each([['rebound.example.com'], ['127.0.0.1.example.com:8081'], ['192.0.2.1'], ['']])(
    'refuses a request for the host "%s", against DNS rebinding',
    async (host) => {
      const codec = new MaskCodec();
      const { url } = await start(createCodecServer({ codec }));
      const answer = await raw(url, request(host));
      expect(answer).toMatch(/^HTTP\/1\.1 40[03] /);
      expect(answer.includes('"error"') && !/\ncache-control: no-store\r/i.test(answer)).toBe(false);
      expect(codec.contexts).toHaveLength(0);
    },
  );

  it.each([['localhost'], ['LOCALHOST:1234'], ['127.0.0.1:80'], ['[::1]:8081']])(
    'answers the host %s',
    async (host) => {
      const { url } = await start(createCodecServer({ codec: new MaskCodec() }));
      await expect(raw(url, request(host))).resolves.toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    },
  );

  it('says which port is taken', async () => {
    const { url } = await start(createCodecServer({ codec: new MaskCodec() }));
    const port = Number(new URL(url).port);
    await expect(listen(createCodecServer({ codec: new MaskCodec() }), { port })).rejects.toMatchObject({
      code: 'WAXSEAL_CONFIGURATION',
      message: expect.stringMatching(/port \d+ \(EADDRINUSE\)/),
    });
  });

  it.each([[-1], [65_536], [1.5]])('refuses the port %d', async (port) => {
    await expect(listen(createCodecServer({ codec: new MaskCodec() }), { port })).rejects.toThrow(
      'port must be',
    );
  });

  it('answers a slow body with 504 and ends the connection', async () => {
    const { url } = await start(createCodecServer({ codec: new MaskCodec(), deadline: '200ms' }));
    const head = 'POST /decode HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"pay';
    await expect(raw(url, head)).resolves.toMatch(/^HTTP\/1\.1 504 Gateway Timeout\r\n/);
  });

  it('reads a streamed body', async () => {
    const { url } = await start(createCodecServer({ codec: new MaskCodec() }));
    const head =
      'POST /decode HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n';
    const chunks = '5\r\n{"pay\r\nf\r\nloads":[{},{}]}\r\n0\r\n\r\n';
    await expect(raw(url, head + chunks)).resolves.toMatch(
      /^HTTP\/1\.1 200 OK\r\n[^]*"payloads":\[\{\},\{\}\]/,
    );
  });

  it('answers a declared length that is too large before the body comes', async () => {
    const { url } = await start(createCodecServer({ codec: new MaskCodec() }));
    const head = 'POST /decode HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n';
    await expect(raw(url, head)).resolves.toMatch(/^HTTP\/1\.1 413 Payload Too Large\r\n/);
  });

  it('answers a streamed body that is too large with 413', async () => {
    const { url } = await start(createCodecServer({ codec: new MaskCodec(), bodyLimitBytes: 2048 }));
    const chunk = `1000\r\n${'A'.repeat(4096)}\r\n`;
    const head = 'POST /decode HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n';
    await expect(raw(url, head + chunk.repeat(4))).resolves.toMatch(/^HTTP\/1\.1 413 Payload Too Large\r\n/);
  });
});

describe('close', () => {
  it('waits for the request that is being answered, refuses new ones, and drops idle connections', async () => {
    let answer: (payloads: Payload[]) => void = () => undefined;
    let asked: () => void = () => undefined;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const codec: PayloadCodec = {
      encode: (payloads) => Promise.resolve(payloads),
      decode: () => {
        asked();
        return new Promise<Payload[]>((resolve) => (answer = resolve));
      },
    };
    const server = await start(createCodecServer({ codec }), { drainTimeout: '1m' });
    const idle = raw(server.url, '', 60_000);
    const pending = fetch(`${server.url}/decode`, { method: 'POST', body: '{}' });
    await isAsked;
    const closing = server.close();
    expect(server.close()).toBe(closing);
    await expect(idle).resolves.toBe('');
    await expect(fetch(`${server.url}/decode`, { method: 'POST', body: '{}' })).rejects.toThrow();
    answer([]);
    expect((await pending).status).toBe(200);
    await closing;
  });

  it('cuts what is left after the drain timeout', async () => {
    const never = () => new Promise<Payload[]>(() => undefined);
    const server = await start(
      createCodecServer({ codec: { encode: never, decode: never }, deadline: '500ms' }),
      { drainTimeout: '100ms' },
    );
    const pending = raw(server.url, request('localhost'), 5_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await server.close();
    await expect(pending).resolves.toBe('');
  });
});

it('a connection that cannot be accepted does not end the server', async () => {
  const server = createServer();
  const place = await bind(server, '127.0.0.1', 0);
  for (let count = 0; count < 3; count++) server.emit('error', new Error('accept ENOBUFS'));
  expect(place).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(server.listening).toBe(true);
  await new Promise((resolve) => server.close(resolve));
});
