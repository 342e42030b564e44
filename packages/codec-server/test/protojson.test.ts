import { describe, expect, it } from '@jest/globals';
import type { PayloadCodec } from '@temporalio/common';
import fc from 'fast-check';
import { decodeBase64 } from '../src/protojson/payloads';
import { createCodecServer } from '../src';
import { MaskCodec } from './support/mask-codec';
import { base64, post, type PayloadJson } from './support/post';

const echo: PayloadCodec = {
  encode: (payloads) => Promise.resolve(payloads),
  decode: (payloads) => Promise.resolve(payloads),
};
const server = createCodecServer({ codec: echo });

async function decode(body: string | object) {
  const { response, json } = await post(server, '/decode', body);
  return { status: response.status, ...json };
}

describe('what is read', () => {
  it.each([['{}'], ['{"payloads":null}'], ['{"payloads":[]}'], [' {"unknown":[{"a":1}]} ']])(
    '%s means no payloads',
    async (body) => {
      await expect(decode(body)).resolves.toEqual({ status: 200, payloads: [] });
    },
  );

  it.each([
    [{}],
    [{ metadata: null, data: null, externalPayloads: null }],
    [{ metadata: {}, data: '', externalPayloads: [] }],
    [{ unknown: true }],
  ])('%j is the empty payload', async (payload) => {
    await expect(decode({ payloads: [payload] })).resolves.toEqual({ status: 200, payloads: [{}] });
  });

  it.each([
    ['standard, padded', '+/+/8A=='],
    ['standard, bare', '+/+/8A'],
    ['URL-safe, padded', '-_-_8A=='],
    ['URL-safe, bare', '-_-_8A'],
  ])('base64 %s', async (_name, text) => {
    await expect(decode({ payloads: [{ metadata: { encoding: text }, data: text }] })).resolves.toEqual({
      status: 200,
      payloads: [{ metadata: { encoding: '+/+/8A==' }, data: '+/+/8A==' }],
    });
  });

  it.each([
    [{ externalPayloads: [{ sizeBytes: '1234567' }] }, '1234567'],
    [{ externalPayloads: [{ sizeBytes: 1234567 }] }, '1234567'],
    [{ external_payloads: [{ size_bytes: 1234567 }] }, '1234567'],
    [{ external_payloads: [{ size_bytes: '9223372036854775807' }] }, '9223372036854775807'],
    [{ externalPayloads: [{ sizeBytes: null }] }, '0'],
  ])('%j is kept on a payload that passes through', async (fields, sizeBytes) => {
    const payload = { metadata: { encoding: base64('json/protobuf') }, data: base64('{}') };
    await expect(decode({ payloads: [{ ...payload, ...fields }] })).resolves.toEqual({
      status: 200,
      payloads: [{ ...payload, externalPayloads: [{ sizeBytes }] }],
    });
  });

  it('keeps keys that could reach a prototype', async () => {
    const metadata = '{"__proto__":"YQ==","constructor":"Yg==","toString":"Yw=="}';
    const { response } = await post(server, '/decode', `{"payloads":[{"metadata":${metadata}}]}`);
    expect(response.status).toBe(200);
    const again = await server.fetch(
      new Request('http://127.0.0.1/decode', {
        method: 'POST',
        body: `{"payloads":[{"metadata":${metadata}}]}`,
      }),
    );
    await expect(again.text()).resolves.toBe(`{"payloads":[{"metadata":${metadata}}]}`);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    await decode('{"__proto__":{"polluted":1},"payloads":[{"__proto__":{"polluted":1}}]}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('what is refused', () => {
  it.each([
    [''],
    ['null'],
    ['[]'],
    ['"payloads"'],
    ['{"payloads":'],
    ['{"payloads":[]} trailing'],
    ["{'payloads':[]}"],
    ['{"payloads":{}}'],
    ['{"payloads":[null]}'],
    ['{"payloads":["x"]}'],
    ['{"payloads":[[]]}'],
    ['{"payloads":[{"data":1}]}'],
    ['{"payloads":[{"data":{}}]}'],
    ['{"payloads":[{"data":"a"}]}'],
    ['{"payloads":[{"data":"YQ="}]}'],
    ['{"payloads":[{"data":"YQ==="}]}'],
    ['{"payloads":[{"data":"Y=Q="}]}'],
    ['{"payloads":[{"data":"Y Q="}]}'],
    ['{"payloads":[{"data":"+_+_"}]}'],
    ['{"payloads":[{"data":"YWFh\\nYWFh"}]}'],
    // Its last byte is that of A.
    ['{"payloads":[{"data":"YW\u0141h"}]}'],
    ['{"payloads":[{"metadata":[]}]}'],
    ['{"payloads":[{"metadata":{"encoding":null}}]}'],
    ['{"payloads":[{"metadata":{"encoding":"ä"}}]}'],
    ['{"payloads":[{"externalPayloads":{}}]}'],
    ['{"payloads":[{"externalPayloads":[1]}]}'],
    ['{"payloads":[{"externalPayloads":[{"sizeBytes":-1}]}]}'],
    ['{"payloads":[{"externalPayloads":[{"sizeBytes":"9223372036854775808"}]}]}'],
    ['{"payloads":[{"externalPayloads":[{"sizeBytes":1.5}]}]}'],
  ])('%s', async (body) => {
    const answer = await decode(body);
    expect(answer).toMatchObject({ status: 400, error: { code: 'MALFORMED_REQUEST' } });
  });

  it('text that is not UTF-8', async () => {
    const response = await server.fetch(
      new Request('http://127.0.0.1/decode', { method: 'POST', body: Buffer.from('{"\xff":1}', 'latin1') }),
    );
    expect(response.status).toBe(400);
  });

  it('does not quote the body', async () => {
    const answer = await decode('{"payloads":[{"metadata":{"card-4111":"???"},"data":4111111111111111}');
    expect(JSON.stringify(answer)).not.toContain('4111');
    const named = await decode('{"payloads":[{"metadata":{"card-4111":"???"}}]}');
    expect(JSON.stringify(named)).not.toContain('4111');
  });
});

describe('what is written', () => {
  const bytes = fc.uint8Array({ maxLength: 64 }).map((value) => Buffer.from(value).toString('base64'));
  const payload = fc.record({
    metadata: fc.dictionary(fc.string({ maxLength: 12 }), bytes, { maxKeys: 4 }),
    data: bytes,
    externalPayloads: fc.array(fc.record({ sizeBytes: fc.maxSafeNat().map(String) }), { maxLength: 2 }),
  });

  it('gives back what was encoded, same count and order', async () => {
    const codecs = createCodecServer({ codecs: [new MaskCodec(), new MaskCodec()], allowEncode: true });
    await fc.assert(
      fc.asyncProperty(fc.array(payload, { maxLength: 12 }), async (payloads) => {
        const encoded = await post(codecs, '/orders/encode', { payloads });
        expect(encoded.json.payloads).toHaveLength(payloads.length);
        const decoded = await post(codecs, '/orders/decode', encoded.json);
        expect(decoded.json.payloads).toEqual(payloads.map(withoutEmpty));
      }),
      { numRuns: 60 },
    );
  });
});

/** The payload without its empty fields, as protojson writes it. */
function withoutEmpty(payload: PayloadJson): PayloadJson {
  return Object.fromEntries(
    Object.entries(payload).filter(([, value]) => Object.keys(value as object).length > 0),
  );
}

describe('base64', () => {
  const standard = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;
  const isBase64 = (text: string) =>
    standard.test(text) || standard.test(text.replaceAll('-', '+').replaceAll('_', '/'));
  const isMixed = (text: string) => /[-_]/.test(text) && /[+/]/.test(text);
  const characters = fc.constantFrom(...Array.from('AQgw09+/-_= \n\t\0é\u0141\u0130\u2028~'));

  it('is taken exactly when each character and the padding are right', () => {
    const texts = fc
      .tuple(fc.string({ unit: characters, maxLength: 12 }), fc.constantFrom('', '=', '=='))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(texts, (text) => {
        const taken = (() => {
          try {
            return Buffer.from(decodeBase64(text, 'x'));
          } catch {
            return undefined;
          }
        })();
        expect(taken !== undefined).toBe(isBase64(text) && !isMixed(text));
        if (taken !== undefined)
          expect(taken.equals(Buffer.from(text.replaceAll('=', ''), 'base64url'))).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
});
