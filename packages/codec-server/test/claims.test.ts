import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createCodecServer, type JwtAuthenticatorOptions } from '../src';
import { claimAt } from '../src/auth/jwt-authenticator';
import { AUDIENCE, Issuer } from './support/issuer';
import { MaskCodec } from './support/mask-codec';
import { bearer, start, stopAll } from './support/running';

let issuer: Issuer;

beforeAll(async () => {
  issuer = await Issuer.start();
});

afterAll(async () => {
  await stopAll();
  await issuer.stop();
});

const jwt = (more: Partial<JwtAuthenticatorOptions>): JwtAuthenticatorOptions => ({
  type: 'jwt',
  issuer: issuer.url,
  audience: AUDIENCE,
  ...more,
});

describe('groups in a claim within others', () => {
  it.each<[object, number]>([
    [{ realm_access: { roles: ['support'] } }, 200],
    [{ realm_access: { roles: 'support' } }, 200],
    [{ realm_access: { roles: 'support billing' } }, 403],
    [{ realm_access: { roles: { support: true } } }, 403],
    [{ realm_access: ['support'] }, 403],
    [{ realm_access: null }, 403],
    [{ 'realm_access.roles': ['support'] }, 403],
    [{ roles: ['support'] }, 403],
    [{}, 403],
  ])('%j: %s', async (claims, status) => {
    const server = await start({
      auth: [jwt({ groupsClaim: ['realm_access', 'roles'] })],
      authorize: [{ groups: ['support'], namespaces: ['orders'], operations: ['decode'] }],
    });
    expect((await server.ask('/orders/decode', bearer(await issuer.token({ ...claims })))).status).toBe(
      status,
    );
    await server.close();
  });
});

describe('permissions in a form of the operator', () => {
  it.each<[string, unknown, number]>([
    ['^(?<role>[a-z]+)@(?<namespace>[^@]+)$', ['read@orders'], 200],
    ['^(?P<role>[a-z]+)@(?P<namespace>[^@]+)$', ['read@orders'], 200],
    ['^acme/(?<namespace>[^/]+)/(?<role>read|write)$', ['other', 'acme/orders/write'], 200],
    ['^(?<namespace>\\p{L}+)/(?<role>\\p{L}+)$', ['orders/read'], 200],
    ['^acme/(?<namespace>[^/]+)/(?<role>read|write)$', ['acme/orders/worker'], 403],
    ['^(?<role>[a-z]+)@(?<namespace>[^@]+)$', ['orders:read'], 403],
    ['^(?<role>[a-z]+)@(?<namespace>[^@]+)$', ['read@billing', 'owner@orders', 7, null], 403],
    ['^(?<role>[a-z]+)@(?<namespace>[^@]*)$', ['read@'], 403],
    ['^(?<role>[a-z]+)@(?<namespace>[^@]+)$', [`read@orders${' '.repeat(2_000)}`], 403],
    ['^(?<role>[a-z]+)@(?<namespace>[^@]+)$', 'read@orders', 403],
  ])('%s of %j: %s', async (permissionsRegex, permissions, status) => {
    const server = await start({ auth: [jwt({ permissionsClaim: 'permissions', permissionsRegex })] });
    expect((await server.ask('/orders/decode', bearer(await issuer.token({ permissions })))).status).toBe(
      status,
    );
    await server.close();
  });

  it.each<[string, object]>([
    ['no expression', { permissionsClaim: 'p', permissionsRegex: '(' }],
    ['no role', { permissionsClaim: 'p', permissionsRegex: '(?<namespace>a)' }],
    ['no namespace', { permissionsClaim: 'p', permissionsRegex: '(?<role>a)' }],
    ['no claim', { permissionsRegex: '(?<role>a)(?<namespace>a)' }],
    ['no text', { permissionsClaim: 'p', permissionsRegex: 7 }],
  ])('are refused with %s', (_, options) => {
    const make = () => createCodecServer({ codec: new MaskCodec(), auth: [jwt(options)] });
    expect(make).toThrow(/auth\[0\]\.permissionsRegex/);
  });
});

it('a claim is one of the token itself', () => {
  expect(claimAt({ a: { b: 1 } }, ['a', 'b'])).toBe(1);
  expect(claimAt({ a: { b: 1 } }, ['constructor'])).toBeUndefined();
  expect(claimAt({ a: { b: 1 } }, ['a', 'toString'])).toBeUndefined();
  expect(claimAt({ a: { b: 1 } }, [])).toBeUndefined();
});

describe('an issuer that answers without end', () => {
  it.each<[string, () => void]>([
    ['in its discovery document', () => (issuer.discovery = { filler: 'x'.repeat(2 * 1024 * 1024) })],
    [
      'in its key set',
      () => {
        issuer.keys = issuer.keys.map((key) => ({
          ...key,
          jwk: { ...key.jwk, x5t: 'x'.repeat(2 * 1024 * 1024) },
        }));
      },
    ],
  ])('counts as one that does not answer: %s', async (_, spoil) => {
    const { keys, discovery } = issuer;
    spoil();
    try {
      const server = await start({
        auth: [jwt({})],
        authorize: [{ principals: ['*'], namespaces: ['orders'], operations: ['decode'] }],
      });
      const { status, json } = await server.ask('/orders/decode', bearer(await issuer.token()));
      expect([status, json.error?.code]).toEqual([503, 'ISSUER_UNAVAILABLE']);
    } finally {
      Object.assign(issuer, { keys, discovery });
    }
  });
});
