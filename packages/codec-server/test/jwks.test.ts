import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { JwtAuthenticatorOptions } from '../src';
import { AUDIENCE, Issuer, makeKey, type IssuerKey } from './support/issuer';
import { bearer, start, stopAll, type Running } from './support/running';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

let issuer: Issuer;
let extraMs = 0;

beforeEach(async () => {
  issuer = await Issuer.start();
  extraMs = 0;
  const now = Date.now.bind(Date);
  // Moves the age of the keys; a token's own times are read by other means and stay.
  jest.spyOn(Date, 'now').mockImplementation(() => now() + extraMs);
});

afterEach(async () => {
  jest.restoreAllMocks();
  await stopAll();
  await issuer.stop();
});

function serve(options: Partial<JwtAuthenticatorOptions> = {}): Promise<Running> {
  return start({
    auth: [{ type: 'jwt', issuer: issuer.url, audience: AUDIENCE, ...options }],
    authorize: [{ principals: ['*'], namespaces: ['orders'], operations: ['decode'] }],
    maxConcurrentRequests: 2_000,
  });
}

async function status(server: Running, key?: IssuerKey): Promise<number> {
  // Times of a token are made by the real clock.
  const shift = extraMs;
  extraMs = 0;
  const token = await issuer.token({}, key ?? issuer.keys[0]);
  extraMs = shift;
  return (await server.ask('/orders/decode', bearer(token))).status;
}

describe('the keys of an issuer', () => {
  it('are found by discovery, once', async () => {
    const server = await serve();
    expect([await status(server), await status(server)]).toEqual([200, 200]);
    expect(issuer.asked).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  it('are taken from jwksUri without discovery', async () => {
    const server = await serve({ jwksUri: issuer.jwksUri });
    expect(await status(server)).toBe(200);
    expect(issuer.asked).toEqual(['/keys']);
  });

  it.each<[string, () => Record<string, unknown>]>([
    ['in the name of another issuer', () => ({ issuer: 'https://evil.example' })],
    // Leads to the same server, but is no loopback address.
    ['elsewhere without TLS', () => ({ jwks_uri: issuer.jwksUri.replace('127.0.0.1', '0.0.0.0') })],
    ['nowhere', () => ({ jwks_uri: undefined })],
  ])('are not taken when discovery gives them %s', async (_name, discovery) => {
    issuer.discovery = discovery();
    const server = await serve();
    const answer = await server.ask('/orders/decode', bearer(await issuer.token()));
    expect(answer.status).toBe(503);
    expect(answer.headers.get('Retry-After')).toBe('5');
    expect(answer.text).not.toMatch(/evil|\d\.0\.0/);
  });

  it('roll over: a new key is fetched, and an old one is forgotten', async () => {
    const server = await serve();
    const [old] = issuer.keys;
    expect(await status(server)).toBe(200);
    issuer.keys = [await makeKey('second')];
    extraMs += 11 * SECOND;
    expect(await status(server)).toBe(200);
    expect(await status(server, old)).toBe(401);
    expect(issuer.asked.filter((url) => url === '/keys')).toHaveLength(2);
  });

  it('are asked for again after ten minutes, so that a withdrawn key ends', async () => {
    const server = await serve();
    const [old] = issuer.keys;
    expect(await status(server)).toBe(200);
    issuer.keys = [await makeKey('second')];
    extraMs += 9 * MINUTE;
    expect(await status(server, old)).toBe(200);
    extraMs += 2 * MINUTE;
    expect(await status(server, old)).toBe(401);
  });

  it('go on while the issuer is down, for a day', async () => {
    const server = await serve();
    expect(await status(server)).toBe(200);
    issuer.failure = 500;
    extraMs += 60 * MINUTE;
    expect(await status(server)).toBe(200);
    expect(await status(server, await makeKey('unknown'))).toBe(503);
    extraMs += 24 * 60 * MINUTE;
    expect(await status(server)).toBe(503);
    issuer.failure = undefined;
    extraMs += 6 * SECOND;
    expect(await status(server)).toBe(200);
  });

  it.each([[500], [404], [302]])(
    'that cannot be had (%d) are 503, never 200, and not asked for at each request',
    async (failure) => {
      issuer.failure = failure;
      const server = await serve({ jwksUri: issuer.jwksUri });
      const token = await issuer.token();
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => server.ask('/orders/decode', bearer(token))),
      );
      expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([503]));
      expect(await status(server)).toBe(503);
      expect(issuer.asked).toHaveLength(1);
      expect(server.codec.contexts).toHaveLength(0);
      extraMs += 6 * SECOND;
      issuer.failure = undefined;
      expect(await status(server)).toBe(200);
    },
  );

  it('that do not come are 503 before the deadline', async () => {
    issuer.failure = 'hang';
    const server = await serve({ jwksUri: issuer.jwksUri });
    const before = performance.now();
    expect(await status(server)).toBe(503);
    expect(performance.now() - before).toBeLessThan(5_000);
  });

  it('are not fetched at each unknown key ID', async () => {
    const server = await serve();
    expect(await status(server)).toBe(200);
    extraMs += 11 * SECOND;
    const stranger = await makeKey('stranger');
    const flood = await Promise.all(
      Array.from({ length: 300 }, async (_, index) => {
        const kid = `unknown-${String(index)}`;
        const token = await issuer.token({}, stranger, { kid });
        return (await server.ask('/orders/decode', bearer(token))).status;
      }),
    );
    expect(new Set(flood)).toEqual(new Set([401]));
    expect(issuer.asked.filter((url) => url === '/keys')).toHaveLength(2);
    expect(await status(server)).toBe(200);
  });
});

it('1,000 requests at once, good and bad, each get their own answer', async () => {
  const server = await serve();
  const stranger = await makeKey('first');
  const [good, forged, nobody] = [await issuer.token(), await issuer.token({}, stranger), 'undefined'];
  const kinds = [
    [good, '/orders/decode', 200],
    [good, '/billing/decode', 403],
    [forged, '/orders/decode', 401],
    [nobody, '/orders/decode', 401],
  ] as const;
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, async (_, index) => {
      const [token, path, expected] = kinds[index % kinds.length] ?? kinds[0];
      const data = Buffer.from(String(index)).toString('base64');
      const { status: got, json } = await server.ask(path, bearer(token), { payloads: [{ data }] });
      return got === expected && (got !== 200 || json.payloads?.[0]?.data === data);
    }),
  );
  expect(answers.filter(Boolean)).toHaveLength(1_000);
  expect(issuer.asked).toHaveLength(2);
  expect(server.codec.contexts).toHaveLength(250);
});
