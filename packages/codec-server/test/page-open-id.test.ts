import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { begin, codeOf, isAnswer, tokensFor, type Provider } from '../browser/open-id';

const BEGUN = { issuer: 'https://login.example', state: 'state', nonce: 'nonce', verifier: 'verifier' };
const PAGE = 'https://codec.example/codec/';

let server: Server;
let endpoint: string;
let asked: { body: string; authorization: string | undefined }[] = [];
let status: number;
let answer: unknown;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      asked.push({ body, authorization: request.headers.authorization });
      response.statusCode = status;
      if (status === 302) response.setHeader('Location', endpoint);
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/token`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const jwt = (claims: object): string =>
  ['{"alg":"none"}', JSON.stringify(claims), 'x']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
const idClaims = { iss: BEGUN.issuer, aud: 'page', nonce: 'nonce', sub: 'alice', exp: 2_000_000_000 };
const good = (claims: object = {}, more: object = {}) => ({
  access_token: jwt({ sub: 'alice' }),
  token_type: 'Bearer',
  id_token: jwt({ ...idClaims, ...claims }),
  expires_in: 300,
  ...more,
});

const provider = (more: Partial<Provider> = {}): Provider => ({
  issuer: BEGUN.issuer,
  clientId: 'page',
  scope: 'openid',
  parameters: {},
  token: 'access',
  endpoints: {
    authorization: 'https://login.example/authorize?tenant=a',
    token: endpoint,
    namesIssuer: false,
  },
  ...more,
});

beforeEach(() => {
  asked = [];
  status = 200;
  answer = good();
});

describe('a sign-in', () => {
  it('is begun by PKCE, with values that nobody can guess', async () => {
    const given = provider({ parameters: { audience: 'codec' } });
    const [one, other] = [await begin(given, PAGE), await begin(given, PAGE)];
    const { searchParams } = new URL(one.address);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      tenant: 'a',
      audience: 'codec',
      response_type: 'code',
      client_id: 'page',
      redirect_uri: PAGE,
      scope: 'openid',
      state: one.begun.state,
      nonce: one.begun.nonce,
      code_challenge_method: 'S256',
    });
    const digest = await crypto.subtle.digest('SHA-256', Buffer.from(one.begun.verifier));
    expect(searchParams.get('code_challenge')).toBe(Buffer.from(digest).toString('base64url'));
    const values = [one, other].flatMap(({ begun: { state, nonce, verifier } }) => [state, nonce, verifier]);
    expect(new Set(values).size).toBe(6);
    expect(values.every((value) => /^[\w-]{43}$/.test(value))).toBe(true);
    expect(one.address).not.toContain(one.begun.verifier);
  });

  it('is not begun where the issuer has not said where', async () => {
    const { endpoints, ...without } = provider();
    expect(endpoints).toBeDefined();
    await expect(begin(without, PAGE)).rejects.toThrow('does not answer the server at present');
  });
});

describe('an answer', () => {
  const query = (given: Record<string, string>) =>
    new URLSearchParams({ code: 'code', state: 'state', ...given });
  const named = provider();
  const namesIssuer = provider({
    endpoints: { authorization: 'https://login.example/', token: endpoint, namesIssuer: true },
  });

  it.each([
    [query({}), true],
    [new URLSearchParams('error=access_denied&state=a'), true],
    [new URLSearchParams('code=a'), false],
    [new URLSearchParams(''), false],
  ])('is told by its parameters (%s)', (given, is) => {
    expect(isAnswer(given)).toBe(is);
  });

  it('gives the code', () => {
    expect(codeOf(query({}), BEGUN, named)).toBe('code');
    expect(codeOf(query({ iss: BEGUN.issuer }), BEGUN, named)).toBe('code');
  });

  it.each<[string, URLSearchParams, typeof BEGUN | undefined, Provider | undefined, string]>([
    ['nothing that was begun', query({}), undefined, named, 'no answer to a sign-in'],
    ['an issuer that is not configured any more', query({}), BEGUN, undefined, 'no answer to a sign-in'],
    ['another state', query({ state: 'other' }), BEGUN, named, 'no answer to a sign-in'],
    ['another issuer', query({ iss: 'https://evil.example' }), BEGUN, named, 'of another issuer'],
    ['no issuer, where it says it', query({}), BEGUN, namesIssuer, 'of another issuer'],
    [
      'a refusal',
      new URLSearchParams({ error: 'access_denied', error_description: '<b>no</b>', state: 'state' }),
      BEGUN,
      named,
      'refused the sign-in (access_denied): <b>no</b>',
    ],
  ])('is refused that is of %s', (_, given, begun, from, message) => {
    expect(() => codeOf(given, begun, from)).toThrow(message);
  });
});

describe('tokens', () => {
  const fetched = (given = provider()) => tokensFor('code', BEGUN, given, PAGE);

  it('are fetched with the verifier, and without a secret', async () => {
    const {
      header,
      name,
      expiresAt = 0,
    } = await fetched(provider({ parameters: { resource: 'urn:codec' } }));
    expect(header).toEqual(['Authorization', `Bearer ${jwt({ sub: 'alice' })}`]);
    expect(name).toBe('alice');
    expect(Math.abs(expiresAt - Date.now() - 300_000)).toBeLessThan(10_000);
    expect(Object.fromEntries(new URLSearchParams(asked[0]?.body))).toEqual({
      grant_type: 'authorization_code',
      code: 'code',
      redirect_uri: PAGE,
      client_id: 'page',
      code_verifier: 'verifier',
      resource: 'urn:codec',
    });
    expect(asked[0]?.authorization).toBeUndefined();
  });

  it('may be ID tokens, with their own end', async () => {
    answer = good({ email: 'alice@example.com' }, { access_token: 'opaque' });
    expect(await fetched(provider({ token: 'id' }))).toEqual({
      header: ['Authorization-Extras', jwt({ ...idClaims, email: 'alice@example.com' })],
      name: 'alice@example.com',
      expiresAt: 2_000_000_000_000,
    });
  });

  it.each<[string, unknown, string]>([
    ['of another issuer', good({ iss: 'https://evil.example' }), 'not for this sign-in'],
    ['for another client', good({ aud: 'other' }), 'not for this sign-in'],
    [
      'for several, and another one above all',
      good({ aud: ['page', 'other'], azp: 'other' }),
      'not for this sign-in',
    ],
    ['of another sign-in', good({ nonce: 'other' }), 'not for this sign-in'],
    ['without a nonce', good({ nonce: undefined }), 'not for this sign-in'],
    ['without an ID token', good({}, { id_token: undefined }), 'gave no ID token'],
    ['with an ID token that is none', good({}, { id_token: 'a.b.c' }), 'gave no ID token'],
    ['with an opaque access token', good({}, { access_token: 'opaque' }), 'only it can read'],
    ['that are not for a bearer', good({}, { token_type: 'DPoP' }), 'only it can read'],
    ['that are no JSON', '<html>', 'gave no ID token'],
    ['that are null', null, 'gave no ID token'],
  ])('are refused %s', async (_, given, message) => {
    answer = given;
    await expect(fetched()).rejects.toThrow(message);
  });

  it('are for one of several clients where it is named', async () => {
    answer = good({ aud: ['page', 'other'], azp: 'page' });
    expect((await fetched()).name).toBe('alice');
  });

  it('are refused by the issuer with its reason, or none', async () => {
    status = 400;
    answer = { error: 'invalid_grant', error_description: 'x'.repeat(1_000) };
    await expect(fetched()).rejects.toThrow(/refused the sign-in \(invalid_grant\): x{300}$/);
    answer = '<html>';
    await expect(fetched()).rejects.toThrow('refused the sign-in (400)');
  });

  it('are not fetched from where they are redirected to, or where nobody answers', async () => {
    status = 302;
    await expect(fetched()).rejects.toThrow('does not let this page fetch a token');
    expect(asked).toHaveLength(1);
    const nowhere = {
      authorization: 'https://login.example/',
      token: 'http://127.0.0.1:1/',
      namesIssuer: false,
    };
    await expect(fetched(provider({ endpoints: nowhere }))).rejects.toThrow(
      'origin https://codec.example (CORS)',
    );
  });
});
