import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  createCodecServer,
  type CodecServer,
  type FailedRequest,
  type JwtAuthenticatorOptions,
} from '../src';
import { AUDIENCE, Issuer } from './support/issuer';
import { MaskCodec } from './support/mask-codec';
import { bearer } from './support/running';
import { post } from './support/post';

let issuer: Issuer;
let extraMs = 0;
let told: FailedRequest[] = [];

beforeEach(async () => {
  issuer = await Issuer.start();
  issuer.discovery = {
    authorization_endpoint: `${issuer.url}/authorize`,
    token_endpoint: `${issuer.url}/token`,
  };
  extraMs = 0;
  told = [];
  const now = Date.now.bind(Date);
  jest.spyOn(Date, 'now').mockImplementation(() => now() + extraMs);
});

afterEach(async () => {
  jest.restoreAllMocks();
  await issuer.stop();
});

function serve(...entries: readonly Partial<JwtAuthenticatorOptions>[]): CodecServer {
  return createCodecServer({
    codec: new MaskCodec(),
    onError: (_, failed) => told.push(failed),
    allowedOrigins: ['https://ui.example.com'],
    allowCredentials: true,
    auth: entries.map((entry) => ({
      type: 'jwt',
      issuer: issuer.url,
      audience: AUDIENCE,
      signIn: { clientId: 'page' },
      ...entry,
    })),
    authorize: [{ principals: ['*'], namespaces: ['orders'], operations: ['decode'], issuers: [issuer.url] }],
  });
}

async function page(server: CodecServer) {
  const headers = { Accept: 'text/html' };
  const response = await server.fetch(new Request('https://codec.example/', { headers }));
  const policy = response.headers.get('Content-Security-Policy') ?? '';
  return { html: await response.text(), connect: /connect-src ([^;]*);/.exec(policy)?.[1] };
}

describe('signIn', () => {
  it.each<[string, Partial<JwtAuthenticatorOptions>, string]>([
    ['without a client', { signIn: {} as never }, 'auth[0].signIn.clientId is missing'],
    [
      'without openid',
      { signIn: { clientId: 'a', scope: 'email' } },
      'auth[0].signIn.scope must have "openid"',
    ],
    [
      'with an own state',
      { signIn: { clientId: 'a', parameters: { state: 'x' } } },
      'auth[0].signIn.parameters must not',
    ],
    [
      'with a number',
      { signIn: { clientId: 'a', parameters: { a: 7 as never } } },
      'auth[0].signIn.parameters',
    ],
    [
      'with a secret',
      { signIn: { clientId: 'a', clientSecret: 's' } as never },
      'auth[0].signIn.clientSecret is not an option',
    ],
    ['and a cookie', { from: { cookie: 'a' } }, 'auth[0].signIn is for a token that the page sends'],
    [
      'and ID tokens of others',
      { from: 'authorization-extras' },
      'auth[0].signIn.clientId is not in auth[0].audience',
    ],
  ])('%s is refused', (_, entry, message) => {
    expect(() => serve(entry)).toThrow(message);
  });

  it('stands once for an issuer', () => {
    const extras = { from: 'authorization-extras', audience: 'page' } as const;
    expect(() => serve({}, extras)).toThrow(`auth[1].signIn is a second one for ${issuer.url}`);
  });
});

describe('the page', () => {
  it('has what is public, escaped, and may ask the token endpoint', async () => {
    issuer.discovery['token_endpoint'] = 'https://tokens.example:8443/a/token?x=1';
    const parameters = { audience: `"'><script>` };
    const { html, connect } = await page(serve({ signIn: { clientId: 'page', parameters } }));
    expect(connect).toBe("'self' https://tokens.example:8443");
    expect(html).toContain('&quot;clientId&quot;:&quot;page&quot;');
    expect(html).toContain('&quot;audience&quot;:&quot;\\&quot;&#39;&gt;&lt;script&gt;&quot;');
  });

  it('asks the issuer once for ten minutes, also for its keys', async () => {
    const server = serve({});
    await Promise.all([page(server), page(server), page(server)]);
    await page(server);
    const headers = { ...bearer(await issuer.token()), 'X-Namespace': 'orders' };
    expect((await post(server, '/decode', {}, headers)).response.status).toBe(200);
    expect(issuer.asked).toEqual(['/.well-known/openid-configuration', '/keys']);
    extraMs = 11 * 60_000;
    await page(server);
    expect(issuer.asked.length).toBe(3);
  });

  it('serves without endpoints while the issuer does not answer, and asks every five seconds', async () => {
    issuer.failure = 503;
    const server = serve({});
    for (let times = 0; times < 5; times++) {
      const { html, connect } = await page(server);
      expect([connect, html.includes('&quot;endpoints&quot;')]).toEqual(["'self'", false]);
    }
    expect(issuer.asked).toHaveLength(1);
    expect(told[0]).toMatchObject({
      status: 200,
      code: 'ISSUER_UNAVAILABLE',
      message: `The page offers no sign-in. ${issuer.url}/.well-known/openid-configuration answered 503. Check the issuer; its keys alone can be named by jwksUri.`,
    });
    issuer.failure = undefined;
    extraMs = 6_000;
    expect((await page(server)).connect).toBe(`'self' ${issuer.url}`);
  });

  it('goes on with what the issuer said last, for a day', async () => {
    const server = serve({});
    await page(server);
    issuer.failure = 503;
    extraMs = 23 * 3600_000;
    expect((await page(server)).connect).toBe(`'self' ${issuer.url}`);
    extraMs = 25 * 3600_000;
    expect((await page(server)).connect).toBe("'self'");
  });

  it.each<[string, Record<string, unknown>]>([
    ['a token endpoint without TLS', { token_endpoint: 'http://tokens.example/' }],
    ['an authorization endpoint of another kind', { authorization_endpoint: 'javascript:alert(1)' }],
    [
      'a token endpoint that would open the policy',
      { token_endpoint: "https://a; script-src 'unsafe-inline'" },
    ],
    ['PKCE in plain only', { code_challenge_methods_supported: ['plain'] }],
    ['nothing', { token_endpoint: undefined }],
    ['another issuer', { issuer: 'https://evil.example' }],
  ])('has no endpoints of an issuer that names %s', async (_, said) => {
    Object.assign(issuer.discovery, said);
    const { html, connect } = await page(serve({}));
    expect([connect, html.includes('&quot;endpoints&quot;')]).toEqual(["'self'", false]);
  });

  it('has nothing of the configuration without signIn, and asks nobody', async () => {
    const server = serve({ signIn: undefined });
    const { html, connect } = await page(server);
    expect(connect).toBe("'self'");
    expect(html).not.toContain(issuer.url);
    expect(issuer.asked).toEqual([]);
  });
});
