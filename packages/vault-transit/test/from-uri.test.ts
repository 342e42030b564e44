import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { VaultTransitKey } from '../src';
import { optionsFromUri } from '../src/from-uri';

const URI = 'vaulttransit://transit/orders';
const ADDRESS = 'https://vault.example.com:8200';

describe('VaultTransitKey.fromUri', () => {
  it('makes the key, and asks nothing', () => {
    const environment = { VAULT_ADDR: ADDRESS, VAULT_TOKEN: 's.token' };
    expect(VaultTransitKey.fromUri(URI, environment).id).toBe(URI);
    expect(VaultTransitKey.fromUri(new URL('vaulttransit://team%2Ftransit/orders'), environment).id).toBe(
      'vaulttransit://team/transit/orders',
    );
  });

  it('takes a name for payloads, and owns those that were recorded before it had one', () => {
    const environment = { VAULT_ADDR: ADDRESS, VAULT_TOKEN: 's.token', VAULT_NAMESPACE: 'team' };
    const key = VaultTransitKey.fromUri(`${URI}?id=orders`, environment);
    expect(key.id).toBe('orders');
    const own = ['orders/v3', 'vaulttransit://team/transit/orders/v3'];
    const foreign = [`${URI}/v3`, 'vaulttransit://team/transit/orders-2/v3', 'orders-2/v3', 'orders'];
    expect([...own, ...foreign].filter((keyId) => key.owns(keyId))).toEqual(own);
    expect(() => VaultTransitKey.fromUri(`${URI}?id=`, environment)).toThrow('id');
    expect(() => VaultTransitKey.fromUri(`${URI}?name=orders`, environment)).toThrow('with ?id=<name>');
  });

  it('finds address, login and namespace in the environment', () => {
    expect(optionsFromUri(URI, { BAO_ADDR: ADDRESS, BAO_TOKEN: 's.token', BAO_NAMESPACE: 'team' })).toEqual({
      address: ADDRESS,
      mount: 'transit',
      keyName: 'orders',
      auth: { token: 's.token' },
      namespace: 'team',
    });
    expect(
      optionsFromUri(URI, { VAULT_ADDR: ADDRESS, VAULT_ROLE_ID: 'role', VAULT_SECRET_ID: 'secret' }).auth,
    ).toEqual({ appRole: { roleId: 'role', secretId: 'secret' } });
  });

  it("takes OpenBao's name of a variable first, no empty one, and no line end", () => {
    const both = {
      VAULT_ADDR: 'https://other.example.com',
      BAO_ADDR: ADDRESS,
      BAO_TOKEN: '',
      VAULT_TOKEN: 't\r\n',
    };
    expect(optionsFromUri(URI, both)).toMatchObject({ address: ADDRESS, auth: { token: 't' } });
    expect(optionsFromUri(URI, { ...both, BAO_ADDR: '\n', VAULT_NAMESPACE: '/' })).toEqual({
      address: 'https://other.example.com',
      mount: 'transit',
      keyName: 'orders',
      auth: { token: 't' },
    });
  });

  it('finds certificates and proxy in the environment', () => {
    const environment = {
      VAULT_ADDR: ADDRESS,
      VAULT_TOKEN: 't',
      VAULT_CACERT: '/ca.pem',
      VAULT_CACERT_BYTES: 'PEM',
      BAO_CAPATH: '/authorities',
      VAULT_CLIENT_CERT: '/cert.pem',
      VAULT_CLIENT_KEY: '/key.pem',
      VAULT_TLS_SERVER_NAME: 'vault',
      VAULT_PROXY_ADDR: 'http://proxy:3128',
      VAULT_HTTP_PROXY: 'http://other:3128',
      VAULT_SKIP_VERIFY: 'F',
    };
    expect(optionsFromUri(URI, environment)).toMatchObject({
      tls: {
        caFile: '/ca.pem',
        ca: 'PEM',
        caDirectory: '/authorities',
        certFile: '/cert.pem',
        keyFile: '/key.pem',
        serverName: 'vault',
      },
      proxy: 'http://proxy:3128',
    });
  });

  it.each<[string, string | undefined, object]>([
    ['team/transit/orders', undefined, { namespace: 'team', mount: 'transit', keyName: 'orders' }],
    ['a/b/transit/orders', undefined, { namespace: 'a/b', mount: 'transit', keyName: 'orders' }],
    ['a/b/transit/orders', 'a/b/', { namespace: 'a/b', mount: 'transit', keyName: 'orders' }],
    ['a/b/transit/orders', 'a', { namespace: 'a', mount: 'b/transit', keyName: 'orders' }],
    ['team/orders', 'team', { namespace: 'team', mount: 'team', keyName: 'orders' }],
    ['a%2Ftransit/orders', 'team', { namespace: 'team', mount: 'a/transit', keyName: 'orders' }],
    ['team/a%2Ftransit/orders', undefined, { namespace: 'team', mount: 'a/transit', keyName: 'orders' }],
  ])('vaulttransit://%s in %s is %j', (place, namespace, options) => {
    const environment = { VAULT_ADDR: ADDRESS, VAULT_TOKEN: 't', VAULT_NAMESPACE: namespace };
    expect(optionsFromUri(`vaulttransit://${place}`, environment)).toMatchObject(options);
  });

  it.each(['1', 't', 'TRUE', 'yes'])('refuses VAULT_SKIP_VERIFY=%s, and says why', (value) => {
    const environment = { VAULT_ADDR: ADDRESS, VAULT_TOKEN: 't', VAULT_SKIP_VERIFY: value };
    expect(() => VaultTransitKey.fromUri(URI, environment)).toThrow(
      /^VAULT_SKIP_VERIFY is not taken: .*VAULT_CACERT/,
    );
  });

  it.each([
    [{}, 'VAULT_ADDR'],
    [{ VAULT_TOKEN: 't' }, 'VAULT_ADDR'],
    [{ VAULT_ADDR: ADDRESS }, 'VAULT_TOKEN'],
    [{ VAULT_ADDR: ADDRESS, VAULT_ROLE_ID: 'role' }, 'VAULT_SECRET_ID'],
  ])('asks, with %j, for %s', (environment, variable) => {
    expect(() => VaultTransitKey.fromUri(URI, environment)).toThrow(
      expect.objectContaining({ code: 'WAXSEAL_CONFIGURATION' }),
    );
    expect(() => VaultTransitKey.fromUri(URI, environment)).toThrow(variable);
  });

  it.each(['vaulttransit:///orders', 'vaulttransit://transit/', `${URI}#1`, `${URI}?mount=x`])(
    'refuses %s and says how it is written',
    (uri) => {
      expect(() => VaultTransitKey.fromUri(uri, { VAULT_ADDR: ADDRESS, VAULT_TOKEN: 't' })).toThrow(
        'must be vaulttransit://<mount>/<key name>',
      );
    },
  );

  it.each(['http://user:s3cret@proxy:99999', 'http://us%er:s3cret@proxy', 'socks4://user:s3cret@proxy'])(
    'names HTTPS_PROXY where it is %s, and shows nothing of it',
    (value) => {
      const before = process.env;
      process.env = { HTTPS_PROXY: value };
      try {
        VaultTransitKey.fromUri(URI, { VAULT_ADDR: ADDRESS, VAULT_TOKEN: 't' });
        throw new Error('It was taken.');
      } catch (error) {
        expect(error).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
        expect(inspect(error, { showHidden: true })).toMatch(/HTTPS_PROXY must be(?![^]*s3cret)/);
      } finally {
        process.env = before;
      }
    },
  );
});
