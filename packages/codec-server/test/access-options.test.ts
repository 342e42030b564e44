import { describe, expect, it } from '@jest/globals';
import { createCodecServer } from '../src';
import { MaskCodec } from './support/mask-codec';

const codec = new MaskCodec();
const TOKEN = 'k3jR9vQ2xL7pW5nT8sD1fG4hJ6mB0cZy';
const jwt = { type: 'jwt', issuer: 'https://login.example.com/', audience: 'codec' };
const may = [{ namespaces: ['*'], operations: ['decode'] }];
const bearer = (token: object) => ({ type: 'bearer', tokens: [{ principal: 'ci', may, ...token }] });
const rule = { principals: ['*'], namespaces: ['*'], operations: ['decode'] };
const CLOUD = { ...jwt, issuer: 'https://login.tmprl.cloud/', audience: 'https://saas-api.tmprl.cloud' };

function failureOf(options: object): unknown {
  try {
    createCodecServer({ codec, ...options });
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('auth', () => {
  it.each<[string, object]>([
    ['auth must be an array', { auth: jwt }],
    ['auth is empty', { auth: [] }],
    ['auth[0].type', { auth: [{ ...jwt, type: 'basic' }] }],
    ['auth[0]', { auth: [null] }],
    ['auth[0].issuers', { auth: [{ ...jwt, issuers: [] }] }],
    ['auth[0].issuer', { auth: [{ ...jwt, issuer: 'login.example.com' }] }],
    ['auth[0].issuer', { auth: [{ ...jwt, issuer: 'http://login.example.com' }] }],
    ['auth[0].issuer', { auth: [{ ...jwt, issuer: 'https://a:b@login.example.com' }] }],
    ['auth[0].audience is missing', { auth: [{ ...jwt, audience: undefined }] }],
    ['auth[0].audience', { auth: [{ ...jwt, audience: [] }] }],
    ['auth[0].audience', { auth: [{ ...jwt, audience: '' }] }],
    ['auth[0].jwksUri', { auth: [{ ...jwt, jwksUri: 'http://login.example.com/keys' }] }],
    ['auth[0].algorithms', { auth: [{ ...jwt, algorithms: ['RS256', 'HS256'] }] }],
    ['auth[0].algorithms', { auth: [{ ...jwt, algorithms: ['none'] }] }],
    ['auth[0].algorithms', { auth: [{ ...jwt, algorithms: [] }] }],
    ['auth[0].clockTolerance', { auth: [{ ...jwt, clockTolerance: '6m' }] }],
    ['auth[0].clockTolerance', { auth: [{ ...jwt, clockTolerance: 'soon' }] }],
    ['auth[0].requiredClaims', { auth: [{ ...jwt, requiredClaims: {} }] }],
    [
      '__proto__',
      { auth: [{ ...jwt, requiredClaims: JSON.parse('{"__proto__": "acme", "b": "c"}') as object }] },
    ],
    ['auth[0].requiredClaims.a', { auth: [{ ...jwt, requiredClaims: { a: 7 } }] }],
    ['auth[0].from', { auth: [{ ...jwt, from: 'query' }] }],
    ['auth[0].from', { auth: [{ ...jwt, from: { cookie: 'a b' } }], allowCredentials: true }],
    [
      'allowCredentials',
      { auth: [{ ...jwt, from: { cookie: 'c' } }], allowedOrigins: ['https://a.example'] },
    ],
    ['allowedOrigins', { auth: [{ ...jwt, from: { cookie: 'c' } }], allowCredentials: true }],
    ['auth[1] has the issuer', { auth: [jwt, { ...jwt, audience: 'other' }] }],
    ['auth[0].tokens', { auth: [{ type: 'bearer', tokens: [] }] }],
    ['auth[0].tokens[0].token must be random', { auth: [bearer({ token: 'short' })] }],
    ['auth[0].tokens[0].token must be random', { auth: [bearer({ token: 'a'.repeat(40) })] }],
    ['auth[0].tokens[0].token must be random', { auth: [bearer({ token: `${TOKEN}.${TOKEN}.${TOKEN}` })] }],
    ['either token or tokenSha256', { auth: [bearer({})] }],
    ['either token or tokenSha256', { auth: [bearer({ token: TOKEN, tokenSha256: 'a'.repeat(64) })] }],
    ['tokenSha256', { auth: [bearer({ tokenSha256: TOKEN })] }],
    ['tokens[0].principal', { auth: [bearer({ token: TOKEN, principal: '' })] }],
    [
      'may[0].operations',
      { auth: [bearer({ token: TOKEN, may: [{ namespaces: ['*'], operations: ['all'] }] })] },
    ],
    [
      'of another principal',
      {
        auth: [bearer({ token: TOKEN }), bearer({ token: TOKEN })]
          .slice(0, 1)
          .map((b) => ({ ...b, tokens: [...b.tokens, ...b.tokens] })),
      },
    ],
    ['of another principal', { auth: [bearer({ token: TOKEN }), bearer({ token: TOKEN, principal: 'b' })] }],
  ])('%s (case %#)', (message, options) => {
    const error = failureOf({ authorize: [{ ...rule, issuers: [jwt.issuer] }], ...options });
    expect(error).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
    expect(String(error)).toContain(message);
    expect(String(error)).not.toContain(TOKEN);
  });

  it.each<[string, object]>([
    ['no condition', CLOUD],
    ['no condition on whose it is', { ...CLOUD, requiredClaims: { azp: 'temporal-ui', scope: 'openid' } }],
    [
      'a condition that everybody fulfils',
      { ...CLOUD, requiredClaims: { 'https://saas-api.tmprl.cloud/user/email': '*@*' } },
    ],
    ['Google', { ...jwt, issuer: 'https://accounts.google.com' }],
  ])('an issuer of many tenants is not accepted with %s', (_name, entry) => {
    expect(String(failureOf({ auth: [entry], authorize: [rule] }))).toContain('requiredClaims is missing');
  });

  it('Temporal Cloud is accepted with a condition on its people', () => {
    const requiredClaims = { 'https://saas-api.tmprl.cloud/user/email': ['*@example.com'] };
    expect(failureOf({ auth: [{ ...CLOUD, requiredClaims }], authorize: [rule] })).toBeUndefined();
  });
});

describe('authorize', () => {
  const auth = [jwt];
  it.each<[string, object]>([
    ['authorize needs auth', { authorize: [rule] }],
    ['nothing says what they may do', { auth }],
    ['nothing says what they may do', { auth, authorize: [] }],
    ['authorize must be an array', { auth, authorize: 'all' }],
    ['authorize[0] does not say who', { auth, authorize: [{ namespaces: ['*'], operations: ['decode'] }] }],
    ['authorize[0].principals', { auth, authorize: [{ ...rule, principals: [] }] }],
    ['authorize[0].namespaces', { auth, authorize: [{ ...rule, namespaces: [] }] }],
    ['authorize[0].operations', { auth, authorize: [{ ...rule, operations: ['read'] }] }],
    ['authorize[0].namespace', { auth, authorize: [{ ...rule, namespace: 'orders' }] }],
    [
      'authorize[0].issuers is missing',
      { auth: [jwt, { ...jwt, issuer: 'https://b.example' }], authorize: [rule] },
    ],
    [
      'authorize[0].issuers is missing',
      { auth: [jwt, bearer({ token: TOKEN, may: undefined })], authorize: [rule] },
    ],
    [
      'authorize[0].issuers holds',
      { auth, authorize: [{ ...rule, issuers: ['https://login.example.com'] }] },
    ],
    ['alone decides', { auth: [bearer({ token: TOKEN })], authorize: () => true }],
    ['audit', { audit: 'stdout' }],
    ['onPayloadError', { onPayloadError: 'ignore' }],
    ['maxConcurrentRequests', { maxConcurrentRequests: 0 }],
  ])('%s', (message, options) => {
    const error = failureOf(options);
    expect(error).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
    expect(String(error)).toContain(message);
  });

  it.each<[string, object]>([
    ['a permissions claim', { auth: [{ ...jwt, permissionsClaim: 'permissions' }] }],
    ['static tokens', { auth: [bearer({ token: TOKEN })] }],
    ['a table, static tokens aside', { auth: [jwt, bearer({ token: TOKEN })], authorize: [rule] }],
    ['a function', { auth, authorize: () => true }],
  ])('is complete with %s', (_name, options) => {
    expect(failureOf(options)).toBeUndefined();
  });
});
