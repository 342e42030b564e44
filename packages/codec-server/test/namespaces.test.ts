import { describe, expect, it } from '@jest/globals';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { createCodecServer } from '../src';
import { MaskCodec } from './support/mask-codec';
import { base64, post } from './support/post';

/** A codec that appends a letter, both ways. */
function append(letter: string): PayloadCodec {
  const run = (payloads: Payload[]) =>
    Promise.resolve(
      payloads.map((payload) => ({
        ...payload,
        data: Buffer.concat([payload.data ?? Buffer.alloc(0), Buffer.from(letter)]),
      })),
    );
  return { encode: run, decode: run };
}

async function decoded(server: ReturnType<typeof createCodecServer>, path: string): Promise<unknown> {
  const { json } = await post(server, path, { payloads: [{}] });
  return json.error?.code ?? Buffer.from(json.payloads?.[0]?.data ?? '', 'base64').toString();
}

describe('codecs of single namespaces', () => {
  const namespaces = { orders: { codecs: [append('a'), append('b')] }, billing: { codec: append('c') } };

  it('are used for their namespace, and no others are served', async () => {
    const server = createCodecServer({ namespaces });
    expect(await decoded(server, '/orders/decode')).toBe('ba');
    expect(await decoded(server, '/billing/decode')).toBe('c');
    expect(await decoded(server, '/Orders/decode')).toBe('NAMESPACE_NOT_SERVED');
    expect(await decoded(server, '/decode')).toBe('NAMESPACE_NOT_SERVED');
  });

  it('take precedence over those of all others', async () => {
    const server = createCodecServer({ codec: append('z'), namespaces });
    expect(await decoded(server, '/orders/decode')).toBe('ba');
    expect(await decoded(server, '/shipping/decode')).toBe('z');
    expect(await decoded(server, '/decode')).toBe('z');
    expect(await decoded(server, '/__proto__/decode')).toBe('z');
    expect(await decoded(server, '/constructor/decode')).toBe('z');
  });

  it('encode for it', async () => {
    const server = createCodecServer({ namespaces, allowEncode: true });
    const { json } = await post(server, '/orders/encode', { payloads: [{}] });
    expect(json.payloads).toEqual([{ data: base64('ab') }]);
  });

  it.each<[string, object, RegExp]>([
    ['none', { namespaces: {} }, /namespaces must be an object of one or more/],
    ['a list', { namespaces: [] }, /namespaces must be an object/],
    [
      'one without codecs',
      { namespaces: { orders: {} } },
      /either namespaces\.orders\.codec or namespaces\.orders\.codecs/,
    ],
    [
      'no codec',
      { namespaces: { orders: { codecs: [7] } } },
      /namespaces\.orders\.codecs\[0\] must be a PayloadCodec/,
    ],
    [
      'an unknown field',
      { namespaces: { orders: { codec: new MaskCodec(), key: 1 } } },
      /namespaces\.orders\.key/,
    ],
    [
      'an impossible name',
      { namespaces: { '': { codec: new MaskCodec() } } },
      /namespaces\[""\] is not a name/,
    ],
    [
      'two ways beside it',
      { codec: append('a'), codecs: [append('a')], namespaces },
      /Give either codec or codecs/,
    ],
  ])('are refused with %s', (_, options, message) => {
    expect(() => createCodecServer(options)).toThrow(message);
  });
});
