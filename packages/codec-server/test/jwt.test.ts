import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CompactSign, exportSPKI, UnsecuredJWT, type JWTPayload } from 'jose';
import type { AuditRecord } from '../src';
import { AUDIENCE, Issuer, makeKey, type IssuerKey } from './support/issuer';
import { bearer, start, stopAll, type Running } from './support/running';

let issuer: Issuer;
let other: Issuer;
let stranger: IssuerKey;
let server: Running;
const records: AuditRecord[] = [];

beforeAll(async () => {
  issuer = await Issuer.start();
  other = await Issuer.start();
  stranger = await makeKey('first');
  issuer.keys = [...issuer.keys, await makeKey('rsa', 'RS256'), await makeKey('ps', 'PS256')];
  server = await start({
    auth: [
      {
        type: 'jwt',
        issuer: issuer.url,
        audience: AUDIENCE,
        clockTolerance: '10s',
        requiredClaims: { tenant: ['acme', 'umbrella-*'] },
        groupsClaim: 'groups',
      },
    ],
    authorize: [{ principals: ['alice'], namespaces: ['orders'], operations: ['decode'] }],
    audit: (record) => void records.push(record),
  });
});

afterAll(async () => {
  await stopAll();
  await issuer.stop();
  await other.stop();
});

const GOOD = { tenant: 'acme' };

/**
 * Asks with a token, and checks that a refusal leaves no trace of the codec, the token or the server's
 * inside.
 */
async function refusal(token: string): Promise<{ code: string | undefined; detail: string | null }> {
  const { status, headers, json, text } = await server.ask('/orders/decode', bearer(token));
  expect(status).toBe(401);
  expect(headers.get('WWW-Authenticate')).toMatch(/^Bearer realm="codec-server", error="invalid_token"/);
  expect(headers.get('Cache-Control')).toBe('no-store');
  expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
  expect(text).not.toMatch(/\.[jt]s:|alice|acme|ERR_/);
  expect(server.codec.contexts).toHaveLength(0);
  const record = records.at(-1);
  expect(record).toMatchObject({ principal: null, method: 'none', outcome: 'refused', status: 401 });
  expect(token.length > 30 && JSON.stringify(record).includes(token.slice(0, 30))).toBe(false);
  return { code: json.error?.code, detail: record?.detail ?? null };
}

function seconds(offset: number): number {
  return Math.floor(Date.now() / 1000) + offset;
}

describe('a token that is not accepted', () => {
  it.each<[string, JWTPayload, string, string]>([
    ['expired', { exp: seconds(-60) }, 'TOKEN_EXPIRED', 'exp'],
    ['without expiry', { exp: undefined } as never, 'TOKEN_NOT_ACCEPTED', 'exp'],
    ['not yet valid', { nbf: seconds(120) }, 'TOKEN_NOT_ACCEPTED', 'nbf'],
    ['of another audience', { aud: 'temporal-ui' }, 'TOKEN_NOT_ACCEPTED', 'aud'],
    ['of no audience', { aud: undefined } as never, 'TOKEN_NOT_ACCEPTED', 'aud'],
    ['of another issuer', { iss: 'https://evil.example' }, 'TOKEN_NOT_ACCEPTED', 'iss'],
    ['of the issuer with a slash', { iss: 'SLASH' }, 'TOKEN_NOT_ACCEPTED', 'iss'],
    ['without a subject', { sub: undefined } as never, 'TOKEN_NOT_ACCEPTED', 'sub'],
    [
      'with an object for a subject',
      { sub: { toString: 'alice' } } as never,
      'TOKEN_NOT_ACCEPTED',
      'subject',
    ],
    ['with a line break in its subject', { sub: 'alice\nroot' }, 'TOKEN_NOT_ACCEPTED', 'subject'],
    ['of another tenant', { tenant: 'acme2' }, 'TOKEN_NOT_ACCEPTED', 'required claims'],
    ['of no tenant', { tenant: undefined }, 'TOKEN_NOT_ACCEPTED', 'required claims'],
    [
      'of a tenant that only looks right',
      { tenant: 'x-umbrella-1' },
      'TOKEN_NOT_ACCEPTED',
      'required claims',
    ],
  ])('%s', async (_name, claims, code, detail) => {
    const changed = claims.iss === 'SLASH' ? { iss: `${issuer.url}/` } : claims;
    const token = await issuer.token({ ...GOOD, ...changed });
    await expect(refusal(token)).resolves.toEqual({ code, detail });
  });

  it('not signed: alg none, with and without a signature', async () => {
    const claims = { ...GOOD, iss: issuer.url, aud: AUDIENCE, sub: 'alice', exp: seconds(60) };
    const unsecured = new UnsecuredJWT(claims).encode();
    await expect(refusal(unsecured)).resolves.toEqual({ code: 'TOKEN_NOT_ACCEPTED', detail: 'algorithm' });
    const [, payload = '', signature = ''] = (await issuer.token(GOOD)).split('.');
    for (const alg of ['none', 'None', 'nOnE']) {
      const header = Buffer.from(JSON.stringify({ alg, kid: 'first' })).toString('base64url');
      await expect(refusal(`${header}.${payload}.${signature}`)).resolves.toMatchObject({
        detail: 'algorithm',
      });
    }
  });

  it('signed by HMAC with the public key as the secret', async () => {
    const rsa = issuer.keys[1] ?? stranger;
    const pem = await exportSPKI(rsa.publicKey);
    const secrets = [pem, pem.trim(), JSON.stringify(rsa.jwk), rsa.jwk.n ?? ''];
    const [, payload = ''] = (await issuer.token(GOOD)).split('.');
    for (const secret of secrets) {
      const header = Buffer.from(JSON.stringify({ alg: 'HS256', kid: 'rsa' })).toString('base64url');
      const mac = createHmac('sha256', secret).update(`${header}.${payload}`).digest('base64url');
      await expect(refusal(`${header}.${payload}.${mac}`)).resolves.toMatchObject({ detail: 'algorithm' });
    }
  });

  it('signed by an algorithm of the right key that is not on the list', async () => {
    const ps = issuer.keys.find(({ kid }) => kid === 'ps');
    await expect(refusal(await issuer.token(GOOD, ps))).resolves.toMatchObject({ detail: 'algorithm' });
  });

  it('signed by a stranger under the ID of a real key, or with a key that the token brings along', async () => {
    await expect(refusal(await issuer.token(GOOD, stranger))).resolves.toMatchObject({ detail: 'signature' });
    const brought = await issuer.token(GOOD, stranger, { jwk: stranger.jwk, kid: 'first' });
    await expect(refusal(brought)).resolves.toMatchObject({ detail: 'signature' });
    const asked = other.asked.length;
    await refusal(
      await issuer.token(GOOD, stranger, { jku: other.jwksUri, x5u: other.jwksUri, kid: 'first' }),
    );
    expect(other.asked).toHaveLength(asked);
  });

  it('signed by another issuer that says it is this one', async () => {
    await expect(refusal(await other.token({ ...GOOD, iss: issuer.url }))).resolves.toMatchObject({
      detail: 'signature',
    });
  });

  it('changed after it was signed', async () => {
    const [header = '', payload = '', signature = ''] = (await issuer.token({ ...GOOD, sub: 'bob' })).split(
      '.',
    );
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const changed = Buffer.from(JSON.stringify({ ...claims, sub: 'alice' })).toString('base64url');
    await expect(refusal(`${header}.${changed}.${signature}`)).resolves.toMatchObject({
      detail: 'signature',
    });
  });

  it('critical extensions that nobody knows', async () => {
    const key = issuer.keys[0];
    if (key === undefined) throw new Error('no key');
    const claims = Buffer.from(
      JSON.stringify({ ...GOOD, iss: issuer.url, aud: AUDIENCE, sub: 'alice', exp: seconds(60) }),
    );
    const token = await new CompactSign(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'first', crit: ['exotic'], exotic: true })
      .sign(key.privateKey, { crit: { exotic: true } });
    await expect(refusal(token)).resolves.toMatchObject({ code: 'TOKEN_NOT_ACCEPTED' });
  });

  it.each([
    ['a.b.c'],
    ['..'],
    ['not a token'],
    ['e30.e30.'],
    ['e30.bnVsbA.'],
    ['é'.repeat(3)],
    ['A'.repeat(8_000)],
  ])('malformed (case %#)', async (token) => {
    await expect(refusal(token)).resolves.toMatchObject({ code: 'TOKEN_NOT_ACCEPTED' });
  });

  it('claims whose names objects inherit', async () => {
    const polluting = '{"__proto__":{"tenant":"acme"},"constructor":{"prototype":{"tenant":"acme"}}}';
    const claims = JSON.parse(polluting) as JWTPayload;
    await expect(refusal(await issuer.token(claims))).resolves.toMatchObject({ detail: 'required claims' });
    expect(({} as Record<string, unknown>)['tenant']).toBeUndefined();
  });
});

describe('a token that is accepted', () => {
  it.each<[string, JWTPayload]>([
    ['as usual', {}],
    ['with several audiences', { aud: ['other', AUDIENCE] }],
    ['of another tenant that may', { tenant: 'umbrella-eu' }],
    ['with tenants in a list', { tenant: ['x', 'acme'] }],
    ['within the clock tolerance', { exp: seconds(-3), nbf: seconds(3) }],
  ])('%s', async (_name, claims) => {
    const { status } = await server.ask('/orders/decode', bearer(await issuer.token({ ...GOOD, ...claims })));
    expect(status).toBe(200);
    expect(records.at(-1)).toMatchObject({
      principal: 'alice',
      issuer: issuer.url,
      method: 'jwt',
      namespace: 'orders',
      operation: 'decode',
      payloadCount: 1,
      outcome: 'allowed',
      reason: null,
    });
  });

  it('signed by RSA; with the scheme in any case', async () => {
    const rsa = issuer.keys.find(({ kid }) => kid === 'rsa');
    const token = await issuer.token(GOOD, rsa);
    expect((await server.ask('/orders/decode', { Authorization: `bEARER  ${token}` })).status).toBe(200);
  });
});
