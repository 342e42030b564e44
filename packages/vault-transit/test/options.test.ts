import { describe, expect, it } from '@jest/globals';

import { VaultTransitKey, type VaultTransitKeyOptions } from '../src';

const RIGHT: VaultTransitKeyOptions = {
  address: 'https://vault.example.com:8200',
  keyName: 'orders',
  auth: { token: 'hvs.token' },
};
const make = (over: object): VaultTransitKey => new VaultTransitKey({ ...RIGHT, ...over });

describe('the constructor refuses, and names the field', () => {
  it.each<[string, object]>([
    ['"keyname" is not one of options', { keyname: 'x' }],
    ...['', 'vault:8200', 'ftp://vault', 'https://u:p@vault', 'https://vault?x=1', 'https://vault#x', 7].map(
      (address): [string, object] => ['address must be an http: or https: URL', { address }],
    ),
    ['address must be https:', { address: 'http://vault.example.com:8200' }],
    ...[
      '',
      '.',
      '..',
      'a/b',
      '../a',
      'a%2fb',
      'a?b',
      'a#b',
      '-a',
      'a.',
      'a b',
      'ä',
      'a'.repeat(257),
      7,
      undefined,
    ].map((keyName): [string, object] => ['keyName must be', { keyName }]),
    ...['', '/transit', 'transit/', 'a//b', '..', 'a/../b', 'a/./b', 'a?b', 'a%2f', 7].map(
      (mount): [string, object] => ['mount must be', { mount }],
    ),
    ...['', '../x', 'a\nb', 'a b'].map((namespace): [string, object] => ['namespace must be', { namespace }]),
    ['id must be', { id: 'a\nb' }],
    ['id with its version must be', { id: 'a'.repeat(1020) }],
    ['"request" is not one of options', { request: { maxAttempts: 1 } }],
    ['"cafile" is not one of tls', { tls: { cafile: '/ca.pem' } }],
    ['tls.caFile (VAULT_CACERT) must be', { tls: { caFile: 7 } }],
    ['tls.caFile (VAULT_CACERT): "/nowhere" cannot be read (ENOENT)', { tls: { caFile: '/nowhere' } }],
    ['tls.ca (VAULT_CACERT_BYTES) holds no certificate', { tls: { ca: 'x' } }],
    ['tls.caDirectory (VAULT_CAPATH): "/nowhere" cannot be read', { tls: { caDirectory: '/nowhere' } }],
    ['belong together', { tls: { certFile: '/cert.pem' } }],
    ...[
      '',
      'ftp://proxy',
      'socks5://proxy',
      'http://us%er:s3cret@proxy',
      'http://a:s3cret@proxy:99999',
      7,
    ].map((proxy): [string, object] => ['proxy (VAULT_PROXY_ADDR) must be', { proxy }]),
    ['fetch takes the place of tls and proxy', { fetch, proxy: 'http://proxy:3128' }],
    ['auth must be', { auth: undefined }],
    ['auth must be', { auth: {} }],
    ['auth must be', { auth: { token: 'x', appRole: { roleId: 'r', secretId: 's' } } }],
    ['auth must be', { auth: { userpass: {} } }],
    ['auth.token must be', { auth: { token: '' } }],
    ['auth.token must be', { auth: { token: 'hvs.x\r\nx-evil: 1' } }],
    ['auth.appRole.roleId must be', { auth: { appRole: { secretId: 's' } } }],
    ['auth.appRole.secretId must be', { auth: { appRole: { roleId: 'r', secretId: ' ' } } }],
    ['auth.appRole.mount must be', { auth: { appRole: { roleId: 'r', secretId: 's', mount: '../x' } } }],
    ['auth.appRole.roleId must be', { auth: { appRole: undefined } }],
    ['"path" is not one of auth.appRole', { auth: { appRole: { roleId: 'r', secretId: 's', path: 'x' } } }],
    ['auth.kubernetes.role must be', { auth: { kubernetes: {} } }],
    ['auth.kubernetes.jwtPath must be', { auth: { kubernetes: { role: 'r', jwtPath: '' } } }],
  ])('%s', (message, over) => {
    expect(() => make(over)).toThrow(
      expect.objectContaining({ code: 'WAXSEAL_CONFIGURATION', message: expect.stringContaining(message) }),
    );
  });
});

describe('the key ID', () => {
  it.each<[string, object]>([
    ['vaulttransit://transit/orders', {}],
    ['vaulttransit://team/transit/orders', { mount: 'team/transit' }],
    ['vaulttransit://admin/transit/orders', { namespace: 'admin' }],
    ['orders', { id: 'orders' }],
  ])('is %s', (id, over) => {
    expect(make(over).id).toBe(id);
  });

  it('owns its versions and nothing else', () => {
    const key = make({ id: 'orders' });
    expect(['orders/v1', 'orders/v999999999'].every((id) => key.owns(id))).toBe(true);
    const foreign = [
      'orders',
      'orders/v0',
      'orders/v01',
      'orders/v1 ',
      'orders/v1/v1',
      'Orders/v1',
      'orders/v1e1',
    ];
    expect(foreign.filter((id) => key.owns(id))).toEqual([]);
  });
});

it('takes http: for loopback, and elsewhere when told to', () => {
  for (const address of ['http://localhost:8200', 'http://127.0.0.1:8200/', 'http://[::1]:8200']) {
    expect(() => make({ address })).not.toThrow();
  }
  expect(() => make({ address: 'http://vault:8200', allowInsecureHttp: true })).not.toThrow();
});
