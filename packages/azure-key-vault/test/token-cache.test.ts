import { describe, expect, it } from '@jest/globals';
import { rejectionOf } from '@waxseal/test-support';

import { callerOfToken, TokenCache } from '../src/permissions';

const SCOPE = 'https://vault.azure.net/.default';
const MINUTE_MS = 60_000;

/** A credential that gives these tokens, then fails. */
function credentialOf(...endsInMs: readonly number[]): { cache: TokenCache; asked: () => number } {
  let asked = 0;
  const getToken = (): Promise<{ token: string; expiresOnTimestamp: number }> => {
    const endInMs = endsInMs[asked++];
    if (endInMs === undefined) return Promise.reject(new Error('The login endpoint is down.'));
    return Promise.resolve({ token: `token-${String(asked)}`, expiresOnTimestamp: Date.now() + endInMs });
  };
  return { cache: new TokenCache({ getToken }), asked: () => asked };
}

describe('TokenCache', () => {
  it('keeps a token until shortly before its end, and lets the SDK keep none', async () => {
    const { cache, asked } = credentialOf(60 * MINUTE_MS);
    const tokens = [await cache.getToken(SCOPE), await cache.getToken(SCOPE)];
    expect(tokens).toEqual(Array(2).fill({ token: 'token-1', expiresOnTimestamp: 0 }));
    expect(asked()).toBe(1);
  });

  it('replaces a token that ends soon, and goes on with it where that fails', async () => {
    const { cache } = credentialOf(MINUTE_MS, MINUTE_MS);
    const tokens = [await cache.getToken(SCOPE), await cache.getToken(SCOPE), await cache.getToken(SCOPE)];
    expect(tokens.map(({ token }) => token)).toEqual(['token-1', 'token-2', 'token-2']);
  });

  it('fails where the last token has ended', async () => {
    const { cache } = credentialOf(5000);
    await cache.getToken(SCOPE);
    expect((await rejectionOf(() => cache.getToken(SCOPE))).message).toBe('The login endpoint is down.');
  });

  it.each<[string, string, { tenantId?: string; claims?: string }]>([
    ['another scope', 'https://managedhsm.azure.net/.default', {}],
    ['another tenant', SCOPE, { tenantId: 't' }],
    ['claims', SCOPE, { claims: '{}' }],
  ])('asks again for %s', async (_what, scope, options) => {
    const { cache } = credentialOf(60 * MINUTE_MS, 60 * MINUTE_MS);
    await cache.getToken(SCOPE);
    expect((await cache.getToken(scope, options)).token).toBe('token-2');
  });

  it('asks again for a token that was refused', async () => {
    const { cache } = credentialOf(60 * MINUTE_MS, 60 * MINUTE_MS);
    await cache.getToken(SCOPE);
    cache.refuse('Bearer token-1');
    expect((await cache.getToken(SCOPE)).token).toBe('token-2');
  });

  it('keeps a token that is another than was refused', async () => {
    const { cache } = credentialOf(60 * MINUTE_MS, 60 * MINUTE_MS);
    await cache.getToken(SCOPE);
    cache.refuse('Bearer token-0');
    expect((await cache.getToken(SCOPE)).token).toBe('token-1');
  });

  it('asks past the cache of a credential, or without claims where it takes none', async () => {
    const claims: unknown[] = [];
    const cache = new TokenCache({
      getToken: (_scope, options) => {
        claims.push(options?.claims);
        if (options?.claims !== undefined) {
          return Promise.reject(
            Object.assign(new Error('no claims'), { name: 'CredentialUnavailableError' }),
          );
        }
        return Promise.resolve({ token: 't', expiresOnTimestamp: Date.now() + 60 * MINUTE_MS });
      },
    });
    await cache.getToken(SCOPE);
    cache.refuse('Bearer t');
    await cache.getToken(SCOPE);
    expect(claims).toEqual([undefined, expect.stringContaining('nbf'), undefined]);
  });

  it('says unavailable of a credential that gives none, and does not wait for one that never answers', async () => {
    const none = new TokenCache({ getToken: () => Promise.resolve(null) });
    expect(await rejectionOf(() => none.getToken(SCOPE))).toMatchObject({ reason: 'unavailable' });
    const never = new TokenCache({ getToken: () => new Promise(() => undefined) });
    const abortSignal = AbortSignal.timeout(20);
    expect((await rejectionOf(() => never.getToken(SCOPE, { abortSignal }))).name).toBe('TimeoutError');
  });
});

describe('the caller of a token', () => {
  const jwt = (claims: unknown): string =>
    `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;

  it.each([
    [jwt({ upn: 'a@b.example', oid: 'o', tid: 't' }), 'upn=a@b.example, oid=o, tid=t'],
    [jwt({ azp: 'c' }), 'azp=c'],
    [jwt({ oid: 'a\u001b[31mb', tid: 7 }), undefined],
    [jwt(null), undefined],
    ['opaque', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('of %s', (token, caller) => {
    expect(callerOfToken(token)).toBe(caller);
  });
});
