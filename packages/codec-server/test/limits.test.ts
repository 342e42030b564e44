import { describe, expect, it } from '@jest/globals';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { createCodecServer } from '../src';
import { MaskCodec } from './support/mask-codec';
import { base64, post } from './support/post';

const MIB = 1024 * 1024;
const server = createCodecServer({ codec: new MaskCodec(), allowEncode: true });

describe('sizes that are served', () => {
  it('a payload of 2 MiB', async () => {
    const data = Buffer.alloc(2 * MIB, 'waxseal').toString('base64');
    const encoded = await post(server, '/orders/encode', { payloads: [{ data }] });
    expect(encoded.response.status).toBe(200);
    const decoded = await post(server, '/orders/decode', encoded.json);
    expect(decoded.json.payloads?.[0]?.data === data).toBe(true);
  });

  it('a body of 8 MiB', async () => {
    const data = Buffer.alloc(6 * MIB, 7).toString('base64');
    const { response, json } = await post(server, '/decode', { payloads: [{ data }] });
    expect(data.length).toBe(8 * MIB);
    expect(response.status).toBe(200);
    expect(json.payloads?.[0]?.data === data).toBe(true);
  });

  it('hundreds of payloads, in order', async () => {
    const payloads = Array.from({ length: 900 }, (_, index) => ({
      metadata: { encoding: base64('json/plain') },
      data: base64(JSON.stringify({ index })),
    }));
    const encoded = await post(server, '/orders/encode', { payloads });
    const decoded = await post(server, '/orders/decode', encoded.json);
    expect(decoded.json.payloads).toEqual(payloads);
  });
});

describe('what is too large', () => {
  const small = createCodecServer({ codec: new MaskCodec(), bodyLimitBytes: 2048 });
  const url = 'http://127.0.0.1/decode';
  const oversized = JSON.stringify({ payloads: [{ data: 'A'.repeat(2048) }] });

  it('is refused by its declared length', async () => {
    const headers = { 'Content-Length': String(oversized.length) };
    const { response, json } = await post(small, '/decode', oversized, headers);
    expect(response.status).toBe(413);
    expect(json.error?.code).toBe('BODY_TOO_LARGE');
  });

  it('is refused while it streams, and when its length is a lie', async () => {
    const stream = new Request(url, { method: 'POST', body: new Blob([oversized]).stream(), duplex: 'half' });
    expect((await small.fetch(stream)).status).toBe(413);
    const lie = new Request(url, { method: 'POST', body: oversized, headers: { 'Content-Length': '2' } });
    expect((await small.fetch(lie)).status).toBe(413);
  });

  const nested = '['.repeat(200) + ']'.repeat(200);

  it.each([
    ['depth', `{"payloads":${'['.repeat(1_000_000)}`],
    ['closed depth', `{"x":${nested}}`],
    ['depth behind an escaped quote', `{"a\\"":${nested}}`],
    ['depth behind an escaped backslash', `{"a\\\\":${nested}}`],
    ['objects', `{"payloads":[${'{},'.repeat(300_000)}{}]}`],
    ['payloads', `{"payloads":[${'{},'.repeat(10_000)}{}]}`],
    ['members', `{"payloads":[{"metadata":{${'"a":"",'.repeat(300_000)}"b":""}}]}`],
  ])('in %s is refused', async (_name, body) => {
    const { response, json } = await post(server, '/decode', body);
    expect(response.status).toBe(400);
    expect(json.error?.code).toBe('MALFORMED_REQUEST');
  });

  it('brackets and quotes inside strings do not count', async () => {
    const metadata = { ['['.repeat(100) + '"\\'.repeat(20)]: '' };
    expect((await post(server, '/decode', { payloads: [{ metadata }] })).response.status).toBe(200);
  });

  it('compressed bodies are refused', async () => {
    const { response } = await post(server, '/decode', '{}', { 'Content-Encoding': 'gzip' });
    expect(response.status).toBe(415);
  });
});

describe('the deadline', () => {
  const never: PayloadCodec = {
    encode: () => new Promise<Payload[]>(() => undefined),
    decode: () => new Promise<Payload[]>(() => undefined),
  };
  const impatient = createCodecServer({ codec: never, deadline: '200ms' });

  it('ends a request whose codec hangs', async () => {
    const { response, json } = await post(impatient, '/decode', '{}');
    expect(response.status).toBe(504);
    expect(json.error?.code).toBe('DEADLINE_EXCEEDED');
  });

  it('leaves no timer behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    for (let count = 0; count < 50; count++) await post(server, '/decode', '{}');
    expect(timers() - before).toBeLessThan(25);
  });

  it('ends a request whose body does not', async () => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(Buffer.from('{"payl'));
      },
    });
    const request = new Request('http://127.0.0.1/decode', { method: 'POST', body, duplex: 'half' });
    expect((await impatient.fetch(request)).status).toBe(504);
  });
});
