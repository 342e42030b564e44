import { describe, expect, it } from '@jest/globals';
import { createCodecServer, type CodecServerOptions, type FailedRequest } from '../src';
import { MaskCodec } from './support/mask-codec';
import { post } from './support/post';

const UI = 'https://temporal.example.com';

function make(options: Partial<CodecServerOptions> = {}) {
  return createCodecServer({
    codec: new MaskCodec(),
    allowedOrigins: [UI, 'http://localhost:8233'],
    ...options,
  });
}

function preflight(origin: string, options?: Partial<CodecServerOptions>, path = '/decode') {
  return make(options).fetch(
    new Request(`http://127.0.0.1:8081${path}`, {
      method: 'OPTIONS',
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization,authorization-extras,content-type,x-namespace',
      },
    }),
  );
}

describe('preflight', () => {
  it.each([['/decode'], ['/%7Bnamespace%7D/decode?preserveStorageRefs=true'], ['/encode'], ['/download']])(
    'answers an allowed origin at %s',
    async (path) => {
      const response = await preflight(UI, {}, path);
      expect(response.status).toBe(204);
      const { headers } = response;
      expect(headers.get('Access-Control-Allow-Origin')).toBe(UI);
      expect(headers.get('Access-Control-Allow-Methods')?.split(/, ?/)).toEqual(['POST', 'GET', 'OPTIONS']);
      expect(headers.get('Access-Control-Allow-Headers')?.toLowerCase().split(/, ?/).sort()).toEqual([
        'authorization',
        'authorization-extras',
        'content-type',
        'x-namespace',
        'x-run-id',
        'x-workflow-id',
      ]);
      expect(headers.get('Access-Control-Max-Age')).toBe('7200');
      expect(headers.get('Vary')).toContain('Origin');
      expect(headers.get('Access-Control-Allow-Credentials')).toBeNull();
    },
  );

  it('allows credentials only where configured', async () => {
    const response = await preflight(UI, { allowCredentials: true });
    expect(response.headers.get('Access-Control-Allow-Credentials')).toBe('true');
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe(UI);
  });
});

describe.each([
  ['null'],
  ['https://temporal.example.com.evil.example'],
  ['https://eviltemporal.example.com'],
  ['http://temporal.example.com'],
  ['https://temporal.example.com:8443'],
  ['https://temporal.example.com/'],
  ['*'],
])('the origin %s', (origin) => {
  it('gets no permission', async () => {
    const answer = await preflight(origin, { allowCredentials: true });
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBeNull();
  });

  it('is named in answer and log from the preflight on, with the option that is missing it', async () => {
    const logged: FailedRequest[] = [];
    const answer = await preflight(origin, { onError: (_, request) => logged.push(request) });
    const { error } = (await answer.json()) as { error: { code: string; message: string } };
    expect([answer.status, error.code]).toEqual([403, 'ORIGIN_NOT_ALLOWED']);
    expect(error.message).toContain(JSON.stringify(origin));
    expect(error.message).toMatch(/allowedOrigins.*--allow-origin/);
    expect(logged).toMatchObject([{ status: 403, code: 'ORIGIN_NOT_ALLOWED', message: error.message }]);
  });

  it('is refused before the codec is asked', async () => {
    const codec = new MaskCodec();
    const { response, json } = await post(make({ codec }), '/decode', '{}', { Origin: origin });
    expect(response.status).toBe(403);
    expect(json.error?.code).toBe('ORIGIN_NOT_ALLOWED');
    expect(response.headers.get('Access-Control-Allow-Origin')).toBeNull();
    expect(codec.contexts).toHaveLength(0);
  });
});

it('does not repeat more of an origin than is read', async () => {
  const { json } = await post(make(), '/decode', '{}', { Origin: `https://${'a'.repeat(5_000)}` });
  expect(json.error?.message.length).toBeLessThan(500);
});

describe('answers', () => {
  it.each([
    ['success', '/decode', '{}', 200],
    ['a malformed body', '/decode', '[', 400],
    ['no such path', '/download', '{}', 404],
    ['a forbidden operation', '/encode', '{}', 403],
  ])('carry the headers on %s', async (_name, path, body, status) => {
    const { response } = await post(make(), path, body, { Origin: UI });
    expect(response.status).toBe(status);
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe(UI);
    expect(response.headers.get('Access-Control-Expose-Headers')).toBe('X-Request-Id');
    expect(response.headers.get('Vary')).toContain('Origin');
    expect(response.headers.get('Cache-Control')).toBe('no-store');
    expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(response.headers.get('X-Request-Id')).toMatch(/^[\w-]{36}$/);
  });

  it('are given to clients that are not browsers, and to the own origin', async () => {
    expect((await post(make(), '/decode', '{}')).response.status).toBe(200);
    expect((await post(make(), '/decode', '{}', { Origin: 'http://127.0.0.1:8081' })).response.status).toBe(
      200,
    );
    expect((await post(make(), '/decode', '{}', { Origin: 'http://127.0.0.1:8082' })).response.status).toBe(
      403,
    );
  });

  it.each([
    ['http://codec.example.com', 'https://codec.example.com', 200],
    ['https://codec.example.com', 'https://codec.example.com', 200],
    ['https://codec.example.com', 'http://codec.example.com', 403],
  ])('of %s to %s: %d, since TLS may end in front and not behind', async (url, origin, status) => {
    const request = new Request(`${url}/decode`, { method: 'POST', body: '{}', headers: { Origin: origin } });
    expect((await make().fetch(request)).status).toBe(status);
  });

  it.each([
    [true, 'true'],
    [false, null],
  ])('allow credentials where configured: %s', async (allowCredentials, expected) => {
    const { response } = await post(make({ allowCredentials }), '/decode', '{}', { Origin: UI });
    expect(response.headers.get('Access-Control-Allow-Credentials')).toBe(expected);
  });

  it('repeat a well-formed request ID, and replace another', async () => {
    const { response } = await post(make(), '/decode', '{}', { 'X-Request-Id': 'abc-123' });
    expect(response.headers.get('X-Request-Id')).toBe('abc-123');
    const other = await post(make(), '/decode', '{}', { 'X-Request-Id': '<script>' });
    expect(other.response.headers.get('X-Request-Id')).toMatch(/^[\w-]{36}$/);
  });
});
