import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditRecord } from '../src';
import { createCodecServer, listen } from '../src';
import { AUDIENCE, Issuer } from './support/issuer';
import { MaskCodec } from './support/mask-codec';
import { bearer, start, stopAll, type Running } from './support/running';

const UI = 'https://temporal.example.com';
const COOKIE = '__Host-codec';
const TOKEN = randomBytes(32).toString('hex');
const HASHED = randomBytes(32).toString('base64url');

let issuer: Issuer;
let server: Running;
const records: AuditRecord[] = [];

beforeAll(async () => {
  issuer = await Issuer.start();
  const jwt = { type: 'jwt', issuer: issuer.url, jwksUri: issuer.jwksUri } as const;
  server = await start({
    auth: [
      { ...jwt, audience: 'temporal-ui', from: 'authorization-extras', subjectClaim: 'email' },
      { ...jwt, audience: AUDIENCE },
      {
        type: 'bearer',
        tokens: [
          { principal: 'ci', token: TOKEN, may: [{ namespaces: ['orders'], operations: ['decode'] }] },
          {
            principal: 'ops',
            tokenSha256: createHash('sha256').update(HASHED).digest('hex'),
            may: [{ namespaces: ['*'], operations: ['decode'] }],
          },
        ],
      },
      { ...jwt, audience: AUDIENCE, from: { cookie: COOKIE } },
    ],
    authorize: [
      { principals: ['alice', 'alice@example.com'], namespaces: ['orders'], operations: ['decode'] },
    ],
    allowedOrigins: [UI],
    allowCredentials: true,
    audit: (record) => void records.push(record),
  });
});

afterAll(async () => {
  await stopAll();
  await issuer.stop();
});

/** Status and code of an answer, and who the audit log says it was. */
async function ask(headers: Record<string, string>, path = '/orders/decode') {
  const { status, json, text } = await server.ask(path, headers);
  const { principal, method } = records.at(-1) ?? {};
  for (const secret of [TOKEN, HASHED]) {
    expect(text + JSON.stringify(records)).not.toContain(secret);
  }
  return { status, code: json.error?.code, principal, method };
}

describe('a static token', () => {
  it('lets its holder do what it may, and no more', async () => {
    expect(await ask(bearer(TOKEN))).toMatchObject({ status: 200, principal: 'ci', method: 'bearer' });
    expect(await ask(bearer(TOKEN), '/billing/decode')).toMatchObject({ status: 403, principal: 'ci' });
    expect(await ask(bearer(HASHED), '/billing/decode')).toMatchObject({ status: 200, principal: 'ops' });
  });

  it.each([
    [TOKEN.slice(0, -1)],
    [`${TOKEN}0`],
    [TOKEN.toUpperCase()],
    [createHash('sha256').update(TOKEN).digest('hex')],
    ['ci'],
  ])('is not accepted when it is not quite it (case %#)', async (token) => {
    expect(await ask(bearer(token))).toMatchObject({
      status: 401,
      code: 'TOKEN_NOT_ACCEPTED',
      method: 'none',
    });
  });

  it('is not looked for in Authorization-Extras or a cookie', async () => {
    expect(await ask({ 'Authorization-Extras': TOKEN })).toMatchObject({ status: 401 });
    expect(await ask({ Origin: UI, Cookie: `${COOKIE}=${TOKEN}` })).toMatchObject({ status: 401 });
  });
});

describe('Authorization-Extras', () => {
  it('is who it is, also beside an access token', async () => {
    const id = await issuer.token({ aud: 'temporal-ui', email: 'alice@example.com', email_verified: true });
    const expected = { status: 200, principal: 'alice@example.com', method: 'jwt-extras' };
    expect(await ask({ 'Authorization-Extras': id })).toMatchObject(expected);
    expect(await ask({ ...bearer('opaque'), 'Authorization-Extras': id })).toMatchObject(expected);
  });

  it('needs its own audience, and an address that is verified', async () => {
    const access = await issuer.token({ email: 'alice@example.com' });
    expect(await ask({ 'Authorization-Extras': access })).toMatchObject({ status: 401 });
    for (const verified of [false, 'false']) {
      const claims = { aud: 'temporal-ui', email: 'alice@example.com', email_verified: verified };
      expect(await ask({ 'Authorization-Extras': await issuer.token(claims) })).toMatchObject({
        status: 401,
      });
    }
  });

  it('that is refused is not made good by another token', async () => {
    const headers = { ...bearer(TOKEN), 'Authorization-Extras': 'forged' };
    expect(await ask(headers)).toMatchObject({ status: 401, method: 'none' });
  });

  it('does not stand in for an ID token in Authorization', async () => {
    const id = await issuer.token({ aud: 'temporal-ui', email: 'alice@example.com' });
    expect(await ask(bearer(id))).toMatchObject({ status: 401 });
  });
});

describe('a cookie', () => {
  it('is accepted from a page of the allowed origin', async () => {
    const cookie = `_csrf=1; ${COOKIE}=${await issuer.token()}; theme=dark`;
    expect(await ask({ Origin: UI, Cookie: cookie })).toMatchObject({ status: 200, method: 'jwt-cookie' });
  });

  it.each([
    ['no origin', undefined, 401, 'COOKIE_WITHOUT_ORIGIN'],
    ['null', 'null', 403, 'ORIGIN_NOT_ALLOWED'],
    ['a look-alike', `${UI}.evil.example`, 403, 'ORIGIN_NOT_ALLOWED'],
    ['another scheme', 'http://temporal.example.com', 403, 'ORIGIN_NOT_ALLOWED'],
    ['the own address', 'OWN', 401, 'COOKIE_WITHOUT_ORIGIN'],
  ])('is refused from %s', async (_name, origin, status, code) => {
    const before = server.codec.contexts.length;
    const headers = {
      Cookie: `${COOKIE}=${await issuer.token()}`,
      ...(origin === undefined ? {} : { Origin: origin === 'OWN' ? server.url : origin }),
    };
    expect(await ask(headers)).toMatchObject({ status, code });
    expect(server.codec.contexts).toHaveLength(before);
  });

  it('is refused when there are two of its name, and ignored under another', async () => {
    const token = await issuer.token();
    const two = await ask({ Origin: UI, Cookie: `${COOKIE}=${token}; ${COOKIE}=${token}` });
    expect(two).toMatchObject({ status: 401, code: 'COOKIE_AMBIGUOUS' });
    const other = await ask({ Origin: UI, Cookie: `x${COOKIE}=${token}; codec=${token}` });
    expect(other).toMatchObject({ status: 401, code: 'TOKEN_MISSING' });
  });
});

describe('what clients send by mistake', () => {
  it.each<[string, Record<string, string>, string, RegExp]>([
    ['nothing', {}, 'TOKEN_MISSING', /--codec-auth/],
    ['an empty token', { Authorization: 'Bearer ' }, 'TOKEN_MISSING', /Pass the user access token/],
    ['Bearer undefined', bearer('undefined'), 'TOKEN_UNDEFINED', /Sign in to the Web UI/],
    ['Bearer null', bearer('null'), 'TOKEN_UNDEFINED', /Sign in to the Web UI/],
    [
      'the token without its scheme',
      { Authorization: TOKEN },
      'AUTHORIZATION_SCHEME',
      /--codec-auth "Bearer/,
    ],
    ['Basic', { Authorization: 'Basic YTpi' }, 'AUTHORIZATION_SCHEME', /Bearer <token>/],
  ])('%s is told what to set', async (_name, headers, code, advice) => {
    const { status, headers: answered, json } = await server.ask('/orders/decode', headers);
    expect(status).toBe(401);
    expect(json.error?.code).toBe(code);
    expect(json.error?.message).toMatch(advice);
    expect(answered.get('WWW-Authenticate')).toMatch(/^Bearer realm="codec-server"/);
  });

  it('Bearer undefined beside a good cookie does not matter', async () => {
    const headers = { ...bearer('undefined'), Origin: UI, Cookie: `${COOKIE}=${await issuer.token()}` };
    expect(await ask(headers)).toMatchObject({ status: 200 });
  });

  it('a namespace that nothing has filled in', async () => {
    const { json } = await server.ask('/decode', { ...bearer(TOKEN), 'X-Namespace': '{namespace}' });
    expect(json.error?.code).toBe('NAMESPACE_TEMPLATE');
    expect(await ask(bearer(TOKEN), '/%7Bnamespace%7D/decode')).toMatchObject({
      status: 400,
      code: 'NAMESPACE_REQUIRED',
    });
    const withHeader = { ...bearer(TOKEN), 'X-Namespace': 'orders' };
    expect(await ask(withHeader, '/%7Bnamespace%7D/decode')).toMatchObject({ status: 200 });
  });
});

describe('refusals', () => {
  it('carry CORS headers for the Web UI, also 401', async () => {
    const { headers, status } = await server.ask('/orders/decode', { Origin: UI });
    expect(status).toBe(401);
    expect(headers.get('Access-Control-Allow-Origin')).toBe(UI);
    expect(headers.get('Access-Control-Allow-Credentials')).toBe('true');
  });

  it('come before the body is read, and before it is said what is served', async () => {
    const response = await fetch(`${server.url}/orders/encode`, { method: 'POST', body: '[' });
    expect(response.status).toBe(401);
  });

  it('do not concern preflights and health', async () => {
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    const headers = { Origin: UI, 'Access-Control-Request-Method': 'POST' };
    expect((await fetch(`${server.url}/decode`, { method: 'OPTIONS', headers })).status).toBe(204);
  });
});

it('listens on any address with authentication, and answers to any name', async () => {
  const auth = [
    {
      type: 'bearer',
      tokens: [{ principal: 'ci', token: TOKEN, may: [{ namespaces: ['*'], operations: ['decode'] }] }],
    },
  ] as const;
  const { url, close } = await listen(createCodecServer({ codec: new MaskCodec(), auth }), {
    host: '0.0.0.0',
    port: 0,
  });
  try {
    const { port } = new URL(url);
    const response = await fetch(`http://127.0.0.1:${port}/orders/decode`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(401);
  } finally {
    await close();
  }
});
