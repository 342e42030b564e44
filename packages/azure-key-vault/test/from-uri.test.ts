import { describe, expect, it } from '@jest/globals';

import { AzureKeyVaultKey } from '../src';
import { optionsFromUri } from '../src/from-uri';

const URI = 'azurekeyvault://orders.vault.azure.net/keys/orders';

describe('AzureKeyVaultKey.fromUri', () => {
  it('makes the key, and asks nothing', () => {
    expect(AzureKeyVaultKey.fromUri(URI).id).toBe('https://orders.vault.azure.net/keys/orders');
    expect(AzureKeyVaultKey.fromUri(`${URI}?id=orders`).id).toBe('orders');
    const version = '0'.repeat(32);
    expect(AzureKeyVaultKey.fromUri(new URL(`${URI}/${version}`)).id).toMatch(`/keys/orders/${version}`);
  });

  it('takes what the parameters say', () => {
    expect(optionsFromUri(URI)).toMatchObject({
      keyId: 'https://orders.vault.azure.net/keys/orders',
      wrapLocally: false,
      clientOptions: { disableChallengeResourceVerification: false },
    });
    expect(optionsFromUri(`${URI}?algorithm=A256KW&privateCloud=true`)).toMatchObject({
      algorithm: 'A256KW',
      clientOptions: { disableChallengeResourceVerification: true },
    });
    expect(optionsFromUri(`${URI}?wrapLocally=true`)).toMatchObject({ wrapLocally: true });
  });

  it.each([
    'azurekeyvault://vault.example.com/secrets/x',
    'azurekeyvault:///keys/x',
    `${URI}?algoritm=A256KW`,
    `${URI}?wrapLocally=yes`,
  ])('refuses %s and says how it is written', (uri) => {
    expect(() => AzureKeyVaultKey.fromUri(uri)).toThrow(
      expect.objectContaining({ code: 'WAXSEAL_CONFIGURATION' }),
    );
    expect(() => AzureKeyVaultKey.fromUri(uri)).toThrow('URI');
  });

  it('names a switch that is neither on nor off, and shows no parameter', () => {
    const make = (): unknown => AzureKeyVaultKey.fromUri(`${URI}?wrapLocally=s.secret-token`);
    expect(make).toThrow('wrapLocally must be true or false');
    expect(make).not.toThrow('secret-token');
  });

  it('refuses an algorithm that there is not', () => {
    expect(() => AzureKeyVaultKey.fromUri(`${URI}?algorithm=RSA1_5`)).toThrow('algorithm must be');
  });
});
