import { describe, expect, it } from '@jest/globals';
import type { PayloadCodec } from '@temporalio/common';
import { createCodecServer } from '../src';
import { MaskCodec } from './support/mask-codec';
import { base64, post } from './support/post';

const codec = new MaskCodec();

describe('createCodecServer', () => {
  it.each<[string, object]>([
    ['codec', {}],
    ['codec', { codec, codecs: [codec] }],
    ['codec', { codec: { encode: 1 } }],
    ['codecs', { codecs: [] }],
    ['codecs', { codecs: codec }],
    ['codecs[1]', { codecs: [codec, null] }],
    ['allowedOrigins', { codec, allowedOrigins: 'https://a.example' }],
    ['allowedOrigins[0]', { codec, allowedOrigins: ['https://a.example/'] }],
    ['allowedOrigins[0]', { codec, allowedOrigins: ['https://a.example/ui'] }],
    ['allowedOrigins[1]', { codec, allowedOrigins: ['https://a.example', '*'] }],
    ['allowedOrigins[0]', { codec, allowedOrigins: ['null'] }],
    ['allowedOrigins[0]', { codec, allowedOrigins: ['a.example'] }],
    ['allowedOrigins[0]', { codec, allowedOrigins: ['file:///a'] }],
    ['allowedOrigins[0]', { codec, allowedOrigins: ['https://A.example'] }],
    ['allowedOrigins[0]', { codec, allowedOrigins: ['https://a.example:443'] }],
    ['allowedOrigins[0]', { codec, allowedOrigins: [7] }],
    ['allowCredentials', { codec, allowCredentials: 'yes' }],
    ['allowEncode', { codec, allowEncode: 1 }],
    ['defaultNamespace', { codec, defaultNamespace: '' }],
    ['basePath', { codec, basePath: 'codec' }],
    ['bodyLimitBytes', { codec, bodyLimitBytes: 0 }],
    ['bodyLimitBytes', { codec, bodyLimitBytes: 1e12 }],
    ['deadline', { codec, deadline: '8s' }],
    ['deadline', { codec, deadline: '10ms' }],
    ['deadline', { codec, deadline: 'soon' }],
    ['onError', { codec, onError: 'log' }],
    ['allowOrigin', { codec, allowOrigin: ['https://a.example'] }],
  ])('refuses a bad %s', (field, options) => {
    let error: unknown;
    try {
      createCodecServer(options);
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
    expect(String(error)).toContain(field);
  });

  it('advises the origin to write', () => {
    const options = { codec, allowedOrigins: ['https://UI.example:443/namespaces/'] };
    expect(() => createCodecServer(options)).toThrow('browsers send "https://ui.example"');
  });
});

describe('codecs', () => {
  it('encode in order and decode in reverse, as the SDK does', async () => {
    const append = (letter: string): PayloadCodec => {
      const run: PayloadCodec['encode'] = (payloads) =>
        Promise.resolve(
          payloads.map((p) => ({
            ...p,
            data: Buffer.concat([p.data ?? Buffer.alloc(0), Buffer.from(letter)]),
          })),
        );
      return { encode: run, decode: run };
    };
    const server = createCodecServer({ codecs: [append('a'), append('b')], allowEncode: true });
    const encoded = await post(server, '/orders/encode', { payloads: [{}] });
    expect(encoded.json.payloads).toEqual([{ data: base64('ab') }]);
    const decoded = await post(server, '/orders/decode', { payloads: [{}] });
    expect(decoded.json.payloads).toEqual([{ data: base64('ba') }]);
  });
});
