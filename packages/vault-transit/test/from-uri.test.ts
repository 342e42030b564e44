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
});
