import { describe, expect, it } from '@jest/globals';

import { importOptional } from '../src/import-optional';
import { keyFromUri } from '../src/keys/key-from-uri';
import { vaultTransitKeyFromUri } from '../src/keys/vault-transit';

const ARN = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

describe('keyFromUri', () => {
  it('asks for the variables that a key of Vault or OpenBao needs', async () => {
    const uri = new URL('vaulttransit://transit/orders');
    for (const environment of [{}, { VAULT_TOKEN: 't' }]) {
      await expect(vaultTransitKeyFromUri(uri, environment)).rejects.toThrow('VAULT_ADDR');
    }
  });

  it.each([
    'awskms://host/key',
    'awskms:///',
    `awskms:///${ARN}?regoin=eu-west-1`,
    'awskms:///%zz',
    'vaulttransit:///orders',
    'vaulttransit://transit/',
    'vaulttransit://transit/orders#1',
    'gcpkms://orders',
    'gcpkms://projects/p?endpoint=http://x',
    'gcpkms://projects/p?region=x',
    'azurekeyvault://vault.example.com/secrets/x',
    'azurekeyvault:///keys/x',
    'azurekeyvault://vault.example.com/keys/x?algoritm=A256KW',
    'kms://x',
    'orders',
  ])('refuses %s and says how it is written', async (uri) => {
    await expect(keyFromUri(uri)).rejects.toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
    await expect(keyFromUri(uri)).rejects.toThrow('URI');
  });

  it('does not repeat credentials that a URI holds', async () => {
    const uri = 'vaulttransit://s.secret-token@transit/orders';
    await expect(keyFromUri(uri)).rejects.toThrow('credentials');
    await expect(keyFromUri(uri)).rejects.not.toThrow('secret-token');
  });
});

describe('importOptional', () => {
  it('gives the line that installs what is missing', async () => {
    const missing = Object.assign(new Error("Cannot find package '@waxseal/aws-kms' imported from x"), {
      code: 'ERR_MODULE_NOT_FOUND',
    });
    const load = (): Promise<never> => Promise.reject(missing);
    await expect(
      importOptional('A key of awskms://', ['@waxseal/aws-kms', '@aws-sdk/client-kms'], load),
    ).rejects.toThrow('npm install @waxseal/aws-kms @aws-sdk/client-kms');
    await expect(importOptional('A key of awskms://', ['other'], load)).rejects.toBe(missing);
  });
});
