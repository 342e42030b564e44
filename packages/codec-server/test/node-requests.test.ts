import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createCodecServer, listen, type CodecServer, type ListeningCodecServer } from '../src';
import { MaskCodec } from './support/mask-codec';
import { base64 } from './support/post';
import { raw } from './support/raw';

const opened: ListeningCodecServer[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((server) => server.close()));
});

async function open(server: CodecServer): Promise<string> {
  const listening = await listen(server, { port: 0 });
  opened.push(listening);
  return listening.url;
}

const make = (): CodecServer => createCodecServer({ codec: new MaskCodec() });
const payloads = [{ metadata: { encoding: base64('json/plain') }, data: base64('1') }];

describe('a server that something else has made', () => {
  it('is asked by its fetch, with the body, and answers as a Codec Server does', async () => {
    const inner = make();
    const seen: string[] = [];
    const server: CodecServer = {
      ...inner,
      fetch: async (request, connection) => {
        seen.push(`${request.method} ${request.url} ${connection?.remoteAddress ?? ''}`);
        return inner.fetch(request, connection);
      },
    };
    const url = await open(server);
    const body = JSON.stringify({ payloads });
    const own = await fetch(`${await open(inner)}/orders/decode`, { method: 'POST', body });
    const response = await fetch(`${url}/orders/decode`, { method: 'POST', body });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(await own.text());
    const namesOf = (answer: Response): string[] => [...answer.headers.keys()].sort();
    expect(namesOf(response)).toEqual(namesOf(own));
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(seen).toEqual([`POST ${url}/orders/decode 127.0.0.1`, `GET ${url}/healthz 127.0.0.1`]);
  });

  it('may say how long its answer is, and set two cookies', async () => {
    const headers = new Headers({ 'content-length': '2', 'x-own': 'yes' });
    headers.append('set-cookie', 'a=1');
    headers.append('set-cookie', 'b=2');
    const server = { ...make(), fetch: () => Promise.resolve(new Response('ok', { headers })) };
    const { text } = await raw(
      await open(server),
      'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    );
    expect(text.match(/^(content-length|set-cookie|x-own): .*$/gim)?.sort()).toEqual([
      'content-length: 2',
      'set-cookie: a=1',
      'set-cookie: b=2',
      'x-own: yes',
    ]);
  });

  it('that rejects is answered for with 500, and nothing of the reason', async () => {
    const server = { ...make(), fetch: () => Promise.reject(new Error('secret')) };
    const response = await fetch(`${await open(server)}/decode`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
  });
});

describe('the rest of a body that nobody reads', () => {
  const head = 'POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4000\r\n\r\n';

  it('is waited for, half a second, and then the connection ends', async () => {
    const answer = await raw(await open(make()), [head, 'x'], { ms: 5_000 });
    expect([answer.statuses, answer.isClosed]).toEqual([[404], true]);
    expect(answer.elapsedMs).toBeLessThan(4_000);
  });

  it('and that comes keeps the connection for the next request', async () => {
    const next = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const answer = await raw(await open(make()), [head, 'x', 100, 'x'.repeat(3_999), next], { ms: 1_000 });
    expect([answer.statuses, answer.isClosed]).toEqual([[404, 200], false]);
  });
});

it('a client that goes away in the middle of a small body leaves nothing behind', async () => {
  const url = await open(createCodecServer({ codec: new MaskCodec(), bodyLimitBytes: 40_000 }));
  const head = `POST /decode HTTP/1.1\r\nHost: localhost\r\nContent-Length: 39000\r\n\r\n`;
  // Four of the largest bodies may be in memory.
  for (let count = 0; count < 12; count++) await raw(url, [head, 'x'], { ms: 20 });
  await sleep(50);
  const body = JSON.stringify({ payloads: [{ data: 'A'.repeat(30_000) }] });
  expect((await fetch(`${url}/decode`, { method: 'POST', body })).status).toBe(200);
});
