import { connect as connectTcp } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { PayloadCodec } from '@temporalio/common';
import { createTestAuthority } from '@waxseal/bring-up';
import { createCodecServer, listen, type CodecServerOptions, type ListeningCodecServer } from '../src';
import { HTTP_LIMITS } from '../src/node/node-server';
import { MaskCodec } from './support/mask-codec';
import { raw, type RawStep } from './support/raw';

const MIB = 1024 * 1024;
const HOST = 'Host: localhost\r\n';
const OK = `POST /orders/decode HTTP/1.1\r\n${HOST}Content-Length: 2\r\n\r\n{}`;
/** The same, and the connection ends. */
const LAST = OK.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');

const running: ListeningCodecServer[] = [];

async function start(options: Partial<CodecServerOptions> = {}): Promise<string> {
  const server = createCodecServer({ codec: new MaskCodec(), ...options });
  const listening = await listen(server, { port: 0 });
  running.push(listening);
  return listening.url;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

/** A POST with these headers; they end with a line break each. */
function withHeaders(headers: string, body = '{}', path = '/orders/decode'): string {
  return `POST ${path} HTTP/1.1\r\n${HOST}${headers}\r\n${body}`;
}

const chunked = (header: string, body = '2\r\n{}\r\n0\r\n\r\n') => withHeaders(`${header}\r\n`, body);
const sized = (header: string) => withHeaders(`${header}\r\nContent-Length: 2\r\n`);

/**
 * Requests that are refused, each with what follows it on the same connection: that must never be answered.
 */
const REFUSED: readonly (readonly [string, number, string])[] = [
  [
    'Content-Length and Transfer-Encoding',
    400,
    withHeaders('Content-Length: 6\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\nX'),
  ],
  [
    'Transfer-Encoding and Content-Length',
    400,
    withHeaders('Transfer-Encoding: chunked\r\nContent-Length: 6\r\n', '0\r\n\r\nX'),
  ],
  ['two lengths', 400, withHeaders('Content-Length: 2\r\nContent-Length: 3\r\n')],
  ['one length twice', 400, withHeaders('Content-Length: 2\r\nContent-Length: 2\r\n')],
  ['a list of lengths', 400, withHeaders('Content-Length: 2, 2\r\n')],
  ['a length with a sign', 400, withHeaders('Content-Length: +2\r\n')],
  ['a negative length', 400, withHeaders('Content-Length: -2\r\n')],
  ['a hexadecimal length', 400, withHeaders('Content-Length: 0x2\r\n')],
  ['a length beyond numbers', 400, withHeaders(`Content-Length: ${'9'.repeat(40)}\r\n`)],
  ['a space before the colon', 400, withHeaders('Content-Length : 2\r\n')],
  ['chunked, identity', 400, chunked('Transfer-Encoding: chunked, identity')],
  ['identity', 400, chunked('Transfer-Encoding: identity')],
  ['gzip, chunked', 400, chunked('Transfer-Encoding: gzip, chunked')],
  ['xchunked', 400, chunked('Transfer-Encoding: xchunked')],
  ['chunked twice', 400, chunked('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked')],
  ['chunked and identity', 400, chunked('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity')],
  ['chunked, folded', 400, chunked('Transfer-Encoding:\r\n chunked')],
  ['chunked after a vertical tab', 400, chunked('Transfer-Encoding: \vchunked')],
  ['chunked in HTTP/1.0', 400, chunked('Transfer-Encoding: chunked').replace('1.1', '1.0')],
  ['a negative chunk', 400, chunked('Transfer-Encoding: chunked', '-2\r\n{}\r\n0\r\n\r\n')],
  ['a chunk beyond numbers', 400, chunked('Transfer-Encoding: chunked', `${'f'.repeat(20)}\r\n{}`)],
  [
    'a chunk that is longer than it says',
    400,
    chunked('Transfer-Encoding: chunked', '2\r\n{}XX\r\n0\r\n\r\n'),
  ],
  ['chunks with bare line feeds', 400, chunked('Transfer-Encoding: chunked', '2\n{}\n0\n\n')],
  ['a huge chunk extension', 413, chunked('Transfer-Encoding: chunked', `2;${'a'.repeat(40_000)}`)],
  ['bare line feeds', 400, OK.replace(/\r/g, '')],
  ['one bare line feed', 400, withHeaders('X: a\nContent-Length: 2\r\n')],
  ['a bare carriage return', 400, withHeaders('X: a\rContent-Length: 2\r\n')],
  ['a NUL in a value', 400, sized('X-Namespace: orders\0x')],
  ['a NUL in a name', 400, sized('X\0: b')],
  ['a NUL in the path', 400, OK.replace('orders', 'orders\0')],
  ['a space in the path', 400, OK.replace('orders', 'or ders')],
  ['a folded first header', 400, OK.replace('Host', ' Host')],
  ['a header of more than 16 KiB', 431, sized(`X: ${'a'.repeat(17_000)}`)],
  ['headers of more than 16 KiB', 431, sized('header: some value\r\n'.repeat(1_200).trimEnd())],
  ['more than 500 headers', 431, sized('a: b\r\n'.repeat(500).trimEnd())],
  ['more than 2,000 headers', 431, sized('a: b\r\n'.repeat(2_500).trimEnd())],
  ['a path of more than 16 KiB', 431, OK.replace('orders', 'a'.repeat(17_000))],
  ['two hosts', 400, sized('Host: evil.example')],
  ['one host twice', 400, sized('Host: localhost')],
  ['no host', 400, OK.replace(HOST, '')],
  ['no host in HTTP/1.0', 400, OK.replace(HOST, '').replace('1.1', '1.0')],
  ['a target on another host', 400, OK.replace('/orders', 'http://evil.example/orders')],
  ['a target with another scheme', 400, OK.replace('/orders', 'https://localhost/orders')],
  ['a target with a password', 400, OK.replace('/orders', 'http://a:b@localhost/orders')],
  ['a target that is an authority', 400, OK.replace('/orders/decode', 'localhost:80')],
  ['a segment of two dots', 400, OK.replace('/orders', '/orders/../billing')],
  ['a segment of two encoded dots', 400, OK.replace('/orders', '/orders/%2e%2E/billing')],
  ['a segment of a dot', 400, OK.replace('/orders', '/./orders')],
  ['HTTP/0.9', 400, 'GET /\r\n\r\n'],
  ['HTTP/1.2', 400, OK.replace('1.1', '1.2')],
  ['HTTP/2', 400, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a TLS handshake', 400, '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1'],
  ['an unknown method', 400, OK.replace('POST', 'TRACK')],
];

/**
 * Requests that are valid HTTP, and the status and the code they are answered with. The connection goes on.
 */
const ANSWERED: readonly (readonly [string, number, string, string])[] = [
  ['an encoded NUL', 400, OK.replace('orders', 'or%00ders'), 'INVALID_NAMESPACE'],
  ['an encoded slash', 404, OK.replace('orders/', 'orders%2f'), 'NOT_FOUND'],
  ['encoded bytes that are no text', 404, OK.replace('orders', '%ff'), 'NOT_FOUND'],
  ['a backslash', 400, OK.replace('orders', 'or\\ders'), 'MALFORMED_REQUEST'],
  ['TRACE, without an echo', 405, OK.replace('POST', 'TRACE'), 'METHOD_NOT_ALLOWED'],
  ['PUT', 405, OK.replace('POST', 'PUT'), 'METHOD_NOT_ALLOWED'],
  [
    'an upgrade',
    405,
    `GET /decode HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    'METHOD_NOT_ALLOWED',
  ],
  [
    'an upgrade to HTTP/2',
    200,
    sized('Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk'),
    '',
  ],
  ['its own name in the target', 200, OK.replace('/orders', 'http://localhost/orders'), ''],
  ['a path in the query', 200, OK.replace('decode', 'decode?x=/../y'), ''],
  [
    'the last of 499 headers, which counts',
    415,
    sized(`${'a:b\r\n'.repeat(496)}Content-Encoding: gzip`),
    'UNSUPPORTED_CONTENT_ENCODING',
  ],
  [
    'headers after the body, which do not',
    200,
    chunked('Transfer-Encoding: chunked', '2\r\n{}\r\n0\r\nContent-Encoding: gzip\r\n\r\n'),
    '',
  ],
];

describe.each(['http', 'https'])('over %s', (scheme) => {
  let url: string;
  let ca = '';
  let server: ListeningCodecServer;
  const codec = new MaskCodec();

  beforeAll(async () => {
    let tls = {};
    if (scheme === 'https') {
      const authority = await createTestAuthority('hostile');
      const { certPem: cert, keyPem: key } = await authority.issue({
        commonName: 'codec',
        ipAddresses: ['127.0.0.1'],
        usage: 'server',
      });
      ca = authority.certPem;
      tls = { tls: { cert, key } };
    }
    server = await listen(createCodecServer({ codec }), { port: 0, ...tls });
    ({ url } = server);
  });
  afterAll(() => server.close());

  it.each(REFUSED)('%s: refused with %d, and the connection ends', async (name, status, bytes) => {
    const isTargetOfHttps = name === 'a target with another scheme' && scheme === 'https';
    const sent = isTargetOfHttps ? bytes.replace('https:', 'http:') : bytes;
    const answer = await raw(url, sent + OK, { ca });
    expect(answer.statuses).toEqual([status]);
    expect(answer.isClosed).toBe(true);
    expect(answer.text).not.toMatch(/node:|\.[jt]s:|Error|at /);
  });

  it.each(ANSWERED)('%s: answered with %d', async (name, status, bytes, code) => {
    const isTargetOfHttps = name === 'its own name in the target' && scheme === 'https';
    const sent = isTargetOfHttps ? bytes.replace('http:', 'https:') : bytes;
    const answer = await raw(url, [sent, 50, LAST], { ca });
    expect(answer.statuses).toEqual([status, 200]);
    if (code !== '') expect(answer.text).toContain(`"code":"${code}"`);
    expect(answer.text).not.toMatch(/HTTP2-Settings|node:|\.[jt]s:/);
  });

  it('CONNECT: cut off', async () => {
    const answer = await raw(url, `CONNECT evil.example:443 HTTP/1.1\r\n${HOST}\r\n`, { ca });
    expect(answer).toMatchObject({ text: '', isClosed: true });
  });

  it('requests one after the other are answered in order, errors among them', async () => {
    const bad = withHeaders('Content-Length: 1\r\n', '[');
    const answer = await raw(url, OK + bad + OK + bad + LAST, { ca });
    expect(answer.statuses).toEqual([200, 400, 200, 400, 200]);
  });

  it('a body in another coding: refused before it comes', async () => {
    const codings = ['gzip', 'br', 'zstd', 'deflate', 'gzip, gzip', 'IDENTITY, gzip', 'x'];
    const answers = await Promise.all(
      codings.map(async (coding) => {
        const headers = `Content-Encoding: ${coding}\r\nContent-Length: ${String(10 * MIB)}\r\n`;
        const { statuses, isClosed } = await raw(url, withHeaders(headers, ''), { ca });
        return [coding, statuses, isClosed];
      }),
    );
    expect(answers).toEqual(codings.map((coding) => [coding, [415], true]));
  });
});

describe('slow clients', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('have the time that the documentation says', () => {
    expect(HTTP_LIMITS).toMatchObject({
      options: { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000 },
      properties: { timeout: 10_000, maxRequestsPerSocket: 1_000, maxConnections: 10_000 },
      handshakeTimeout: 10_000,
    });
  });

  it('are cut off within the limits, and others do not notice', async () => {
    // A fifth of the time.
    jest.replaceProperty(HTTP_LIMITS.options, 'headersTimeout', 2_000);
    jest.replaceProperty(HTTP_LIMITS.properties, 'timeout', 2_000);
    const url = await start({ deadline: '1s' });
    // What stops this process makes another of its servers slow as well, which nobody keeps busy.
    const idle = await start();
    let longestWait = 0;
    const over = new AbortController();
    const askedMs = async (server: string): Promise<number> => {
      const startedAt = performance.now();
      const { status } = await fetch(`${server}/orders/decode`, { method: 'POST', body: '{}' });
      expect(status).toBe(200);
      return performance.now() - startedAt;
    };
    const others = (async () => {
      while (!over.signal.aborted) {
        const [busyMs = 0, idleMs = 0] = await Promise.all([url, idle].map(askedMs));
        longestWait = Math.max(longestWait, busyMs - idleMs);
        await sleep(50);
      }
    })();
    const drip = (text: string, ms: number): RawStep[] => Array.from(text).flatMap((letter) => [letter, ms]);
    const head = withHeaders('Content-Length: 1000\r\n', '');
    const [unread, nothing, headers, body, half, none, chunks] = await Promise.all([
      bytesOfUnreadAnswer(),
      raw(url, '', { ms: 8_000 }),
      raw(url, [`POST /decode HTTP/1.1\r\n${HOST}X: `, ...drip('a'.repeat(100), 200)], { ms: 8_000 }),
      raw(url, [head, ...drip(' '.repeat(100), 100)], { ms: 5_000 }),
      raw(url, `${head}{"payl`, { ms: 5_000 }),
      raw(url, head, { ms: 5_000 }),
      raw(url, [chunked('Transfer-Encoding: chunked', ''), ...drip('1\r\n \r\n'.repeat(20), 50)], {
        ms: 5_000,
      }),
    ]);
    over.abort();
    await others;
    for (const { isClosed, elapsedMs } of [nothing, headers]) {
      expect(isClosed).toBe(true);
      expect(elapsedMs).toBeGreaterThan(1_500);
      expect(elapsedMs).toBeLessThan(6_000);
    }
    expect(headers.statuses).toEqual([408]);
    for (const answer of [body, half, none, chunks]) {
      expect(answer.statuses).toEqual([504]);
      expect(answer.isClosed).toBe(true);
      expect(answer.elapsedMs).toBeLessThan(3_000);
    }
    expect(longestWait).toBeLessThan(1_000);
    expect(unread).toBeLessThan(30 * MIB);
  }, 40_000);
});

describe('large bodies of nothing', () => {
  it.each<[string, number, () => string]>([
    ['16 MiB of spaces', 200, () => `{${' '.repeat(16 * MIB - 2)}}`],
    ['a string of 16 MiB', 200, () => `{"x":"${'a'.repeat(16 * MIB - 8)}"}`],
    ['a name of 16 MiB', 200, () => `{"${'a'.repeat(16 * MIB - 6)}":0}`],
    ['16 MiB of numbers', 400, () => `{"x":[${'0,'.repeat(8 * MIB - 5)}0]}`],
    ['a number of 16 MiB', 200, () => `{"x":${'9'.repeat(16 * MIB - 6)}}`],
    ['16 MiB of escapes', 200, () => `{"x":"${'\\u0000'.repeat(2_796_000)}"}`],
    ['more than 16 MiB', 413, () => `{"x":"${'a'.repeat(16 * MIB)}"}`],
  ])('%s: %d', async (_name, status, make) => {
    const url = await start();
    const startedAt = performance.now();
    const response = await fetch(`${url}/orders/decode`, { method: 'POST', body: make() });
    expect(response.status).toBe(status);
    await response.text();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('names of the prototype are data', async () => {
    const url = await start();
    const metadata = '{"__proto__":"YQ==","constructor":"YQ==","encoding":"YQ=="}';
    const body = `{"__proto__":{"payloads":[{}]},"constructor":{"prototype":{"x":1}},"payloads":[{"metadata":${metadata},"__proto__":{"data":"YQ=="}}]}`;
    const response = await fetch(`${url}/orders/decode`, { method: 'POST', body });
    expect([response.status, await response.text()]).toEqual([
      200,
      `{"payloads":[{"metadata":${metadata}}]}`,
    ]);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

/** Asks for 32 MiB, reads nothing for longer than the limits allow, and then what is still there. */
async function bytesOfUnreadAnswer(): Promise<number> {
  const large: PayloadCodec = {
    encode: (payloads) => Promise.resolve(payloads),
    decode: () => Promise.resolve([{ data: Buffer.alloc(24 * MIB, 7) }]),
  };
  const url = await start({ codec: large });
  const socket = connectTcp(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  const body = '{"payloads":[{}]}';
  socket.write(withHeaders(`Content-Length: ${String(body.length)}\r\nConnection: close\r\n`, body));
  socket.pause();
  await sleep(5_000);
  let received = 0;
  const ended = new Promise((resolve) => socket.once('close', resolve));
  socket.on('data', (chunk: Buffer) => (received += chunk.length));
  socket.resume();
  await ended;
  return received;
}
