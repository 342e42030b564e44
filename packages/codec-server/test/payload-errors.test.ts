import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it } from '@jest/globals';
import type { Payload, PayloadCodec } from '@temporalio/common';
import {
  EnvelopeCodec,
  type KeyEncryptionKey,
  Keyring,
  KeyServiceError,
  UnknownKeyError,
} from '@waxseal/core';
import { CodecClosedError } from '@waxseal/core/internal';
import { createCodecServer, type AuditRecord, type CodecServerOptions, type FailedRequest } from '../src';
import { base64, post, type PayloadJson } from './support/post';

const BAD: PayloadJson = { metadata: { encoding: base64('binary/envelope') }, data: base64('bad') };

function good(text: string): PayloadJson {
  return { metadata: { encoding: base64('binary/envelope') }, data: base64(text) };
}

function failing(error: Error): PayloadCodec & { readonly calls: number[] } {
  const calls: number[] = [];
  return {
    calls,
    encode: (payloads) => Promise.resolve(payloads),
    decode: (payloads) => {
      calls.push(payloads.length);
      if (payloads.some(({ data }) => Buffer.from(data ?? []).toString() === 'bad')) {
        return Promise.reject(error);
      }
      return Promise.resolve(
        payloads.map(({ data }): Payload => ({
          data: Buffer.from(
            Buffer.from(data ?? [])
              .toString()
              .toUpperCase(),
          ),
        })),
      );
    },
  };
}

function serve(options: Partial<CodecServerOptions>, error: Error = new UnknownKeyError('secret-key')) {
  return createCodecServer({ codec: failing(error), allowEncode: true, ...options });
}

const BODY = { payloads: [good('a'), BAD, good('c'), BAD] };

describe('one payload of many that cannot be decoded', () => {
  it('fails the request by default', async () => {
    const { response, json } = await post(serve({}), '/decode', BODY);
    expect(response.status).toBe(404);
    expect(json.payloads).toBeUndefined();
  });

  it('comes back as it was with passthrough, the others decoded, in order', async () => {
    const { response, json } = await post(serve({ onPayloadError: 'passthrough' }), '/decode', BODY);
    expect(response.status).toBe(200);
    expect(json.payloads).toEqual([{ data: base64('A') }, BAD, { data: base64('C') }, BAD]);
  });

  it('becomes a text with placeholder, that says the code and no key', async () => {
    const { response, json } = await post(serve({ onPayloadError: 'placeholder' }), '/decode', BODY);
    expect(response.status).toBe(200);
    const text = Buffer.from(json.payloads?.[1]?.data ?? '', 'base64').toString();
    expect(JSON.parse(text)).toBe(
      '[unreadable: WAXSEAL_UNKNOWN_KEY] A payload names a key that this server does not have.',
    );
    expect(json.payloads?.[1]?.metadata).toEqual({
      encoding: base64('json/plain'),
      'waxseal-unreadable': base64('WAXSEAL_UNKNOWN_KEY'),
    });
    expect(json.payloads?.[2]).toEqual({ data: base64('C') });
    expect(json.payloads).toHaveLength(4);
  });

  it('of a foreign codec says nothing of its error', async () => {
    const server = serve({ onPayloadError: 'placeholder' }, new Error('card 4111'));
    const { json } = await post(server, '/decode', { payloads: [BAD] });
    const text = Buffer.from(json.payloads?.[0]?.data ?? '', 'base64').toString();
    expect(text).toContain('[unreadable: INTERNAL]');
    expect(text).not.toContain('card 4111');
  });

  it('is told to onError and to the audit log', async () => {
    const told: FailedRequest[] = [];
    const records: AuditRecord[] = [];
    const server = serve({
      onPayloadError: 'placeholder',
      onError: (_error, request) => told.push(request),
      audit: (record) => void records.push(record),
    });
    await post(server, '/decode', BODY, { 'X-Request-Id': 'r-1' });
    const message = 'A payload names a key that this server does not have.';
    expect(told).toEqual([{ requestId: 'r-1', status: 200, code: 'WAXSEAL_UNKNOWN_KEY', message }]);
    expect(records).toEqual([
      expect.objectContaining({ outcome: 'partial', unreadableCount: 2, payloadCount: 4, status: 200 }),
    ]);
  });

  it('costs one call when nothing is wrong', async () => {
    const codec = failing(new Error());
    await post(serve({ codec, onPayloadError: 'placeholder' }), '/decode', {
      payloads: [good('a'), good('b')],
    });
    expect(codec.calls).toEqual([2]);
  });
});

describe('what is no matter of one payload', () => {
  it('a closed codec fails the request', async () => {
    const { response } = await post(
      serve({ onPayloadError: 'placeholder' }, new CodecClosedError()),
      '/decode',
      BODY,
    );
    expect(response.status).toBe(503);
  });

  it('a key service that is away is said for each payload', async () => {
    const server = serve({ onPayloadError: 'placeholder' }, new KeyServiceError('secret-key', 'unavailable'));
    const { response, json } = await post(server, '/decode', BODY);
    expect(response.status).toBe(200);
    expect(JSON.stringify(json)).not.toContain('secret-key');
  });

  it('the deadline ends the work on the others', async () => {
    let calls = 0;
    const slow: PayloadCodec = {
      encode: (payloads) => Promise.resolve(payloads),
      decode: async () => {
        calls++;
        await new Promise((resolve) => setTimeout(resolve, 30));
        throw new UnknownKeyError('k');
      },
    };
    const server = serve({ codec: slow, onPayloadError: 'placeholder', deadline: '150ms' });
    const body = { payloads: Array.from({ length: 1_000 }, () => BAD) };
    expect((await post(server, '/decode', body)).response.status).toBe(504);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const stopped = calls;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(calls).toBe(stopped);
    expect(calls).toBeLessThan(200);
  });
});

describe('encode', () => {
  it('never answers a placeholder', async () => {
    const codec: PayloadCodec = {
      encode: () => Promise.reject(new Error()),
      decode: (p) => Promise.resolve(p),
    };
    const server = serve({ codec, onPayloadError: 'placeholder' });
    const { response, json } = await post(server, '/orders/encode', { payloads: [{}] });
    expect(response.status).toBe(500);
    expect(json.payloads).toBeUndefined();
  });

  it.each<[string, PayloadJson]>([
    ['its metadata', { metadata: { 'waxseal-unreadable': base64('X') }, data: base64('1') }],
    ['its text', { data: base64('"[unreadable: WAXSEAL_UNKNOWN_KEY] A payload names a key."') }],
  ])('refuses a placeholder that comes back, known by %s', async (_name, payload) => {
    const { response, json } = await post(serve({}), '/orders/encode', { payloads: [{}, payload] });
    expect(response.status).toBe(400);
    expect(json.error?.code).toBe('PLACEHOLDER_NOT_ENCODED');
  });

  it('takes texts that only look like one', async () => {
    const payloads = [{ data: base64('"[unreadable: handwriting] page 3"') }];
    expect((await post(serve({}), '/orders/encode', { payloads })).response.status).toBe(200);
  });
});

describe('keys that would pollute prototypes', () => {
  it.each([
    ['{"__proto__":{"payloads":[{"data":"YQ=="}]}}', []],
    ['{"payloads":[{"__proto__":{"data":"YQ=="}}]}', [{}]],
    ['{"payloads":[{"constructor":{"prototype":{"data":"YQ=="}}}]}', [{}]],
    ['{"payloads":[{"metadata":{"__proto__":"YQ=="}}]}', [JSON.parse('{"metadata":{"__proto__":"YQ=="}}')]],
  ])('%s', async (body, expected) => {
    const codec: PayloadCodec = { encode: (p) => Promise.resolve(p), decode: (p) => Promise.resolve(p) };
    const { response, json } = await post(serve({ codec }), '/decode', body);
    expect(response.status).toBe(200);
    expect(json.payloads).toEqual(expected);
    expect(({} as Record<string, unknown>)['data']).toBeUndefined();
  });
});

it('of forty under keys of their own leaves the thirty-nine others, page after page', async () => {
  const primary: KeyEncryptionKey = {
    id: 'k',
    bindsAad: false,
    wrap: (dataKey) => Promise.resolve({ keyId: 'k', bytes: new Uint8Array(dataKey) }),
    unwrap: async ({ bytes }) => {
      await sleep(10);
      return new Uint8Array(bytes);
    },
  };
  const keyring = new Keyring({ primary });
  const writer = new EnvelopeCodec({ keyring, dataKeys: { maxMessages: 1 } });
  const numbers = Array.from({ length: 40 }, (_, index) => index);
  const sealed = await writer.encode(
    numbers.map((index) => ({ metadata: {}, data: Buffer.from(String(index)) })),
  );
  const payloads = sealed.map(({ metadata, data }, index) => {
    const bytes = Buffer.from(data ?? []);
    if (index === 3) bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
    return {
      metadata: Object.fromEntries(
        Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
      ),
      data: bytes.toString('base64'),
    };
  });
  const codec = new EnvelopeCodec({ keyring, dataKeys: { cacheTtl: 1 } });
  const server = createCodecServer({ codec, onPayloadError: 'passthrough' });
  for (let page = 0; page < 3; page += 1) {
    const { response, json } = await post(server, '/decode', { payloads });
    expect(response.status).toBe(200);
    const opened = (json.payloads ?? []).map(({ data }) => Buffer.from(data ?? '', 'base64').toString());
    expect(numbers.filter((index) => opened[index] !== String(index))).toEqual([3]);
  }
});
