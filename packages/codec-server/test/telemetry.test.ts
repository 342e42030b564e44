import { describe, expect, it } from '@jest/globals';
import { createCodecServer, type AnsweredRequest, type CodecServerOptions } from '../src';
import { MaskCodec } from './support/mask-codec';
import { post } from './support/post';

/** What an observer is told of one request. */
async function toldOf(
  path: string,
  body: string | object,
  options: Partial<CodecServerOptions> = {},
  headers: Record<string, string> = {},
): Promise<{ began: number; answered: AnsweredRequest[] }> {
  const told = { began: 0, answered: [] as AnsweredRequest[] };
  const server = createCodecServer({
    codec: new MaskCodec(),
    telemetry: {
      requestBegan: () => {
        told.began++;
      },
      requestAnswered: (request) => void told.answered.push(request),
    },
    ...options,
  });
  await post(server, path, body, headers);
  return told;
}

describe('an observer is told once', () => {
  it.each<[string, string | object, Partial<CodecServerOptions>, Partial<AnsweredRequest>]>([
    [
      '/orders/decode',
      { payloads: [{}, {}] },
      {},
      { operation: 'decode', status: 200, code: null, payloadCount: 2 },
    ],
    [
      '/orders/inspect',
      { payloads: [{}] },
      {},
      { operation: 'inspect', status: 200, code: null, payloadCount: 1 },
    ],
    [
      '/orders/encode',
      '{}',
      {},
      { operation: 'encode', status: 403, code: 'ENCODE_NOT_ALLOWED', payloadCount: 0 },
    ],
    [
      '/orders/decode',
      '{',
      {},
      { operation: 'decode', status: 400, code: 'MALFORMED_REQUEST', payloadCount: 0 },
    ],
    ['/nothing', '{}', {}, { operation: null, status: 404, code: 'NOT_FOUND' }],
    [
      '/orders/decode',
      '{}',
      { audit: () => Promise.reject(new Error('full')) },
      { operation: 'decode', status: 503, code: 'AUDIT_UNAVAILABLE' },
    ],
  ])('of %s %j', async (path, body, options, expected) => {
    const { began, answered } = await toldOf(path, body, options);
    expect(began).toBe(1);
    expect(answered).toHaveLength(1);
    expect(answered[0]).toMatchObject(expected);
    expect(answered[0]?.durationMs).toBeGreaterThan(0);
  });

  it('of a page of another origin', async () => {
    const { answered } = await toldOf('/decode', '{}', {}, { Origin: 'https://evil.example' });
    expect(answered[0]).toMatchObject({ operation: null, status: 403, code: 'ORIGIN_NOT_ALLOWED' });
  });
});

it('an observer that throws changes nothing', async () => {
  const fail = () => {
    throw new Error('no');
  };
  const server = createCodecServer({
    codec: new MaskCodec(),
    telemetry: { requestBegan: fail, requestAnswered: fail },
  });
  const { response } = await post(server, '/decode', '{}');
  expect(response.status).toBe(200);
});
