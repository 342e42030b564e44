import { describe, expect, it } from '@jest/globals';
import { rejectionOf } from '@waxseal/test-support';

import { AzureKeyVaultKey, type AzureKeyVaultKeyOptions } from '../src';

const URL_OF_KEY = 'https://orders.vault.azure.net/keys/order-key';
const VERSION = '0123456789abcdef0123456789abcdef';
const credential = { getToken: () => Promise.reject(new Error('The constructor asks nothing.')) };

describe('new AzureKeyVaultKey takes', () => {
  it.each([
    [URL_OF_KEY, URL_OF_KEY],
    [`${URL_OF_KEY}/${VERSION}`, `${URL_OF_KEY}/${VERSION}`],
    [`${URL_OF_KEY}/`, URL_OF_KEY],
    ['https://ORDERS.vault.azure.net:443/keys/Order-Key', 'https://orders.vault.azure.net/keys/Order-Key'],
    ['https://orders.managedhsm.azure.net/keys/k', 'https://orders.managedhsm.azure.net/keys/k'],
    ['https://127.0.0.1:8443/keys/k', 'https://127.0.0.1:8443/keys/k'],
  ])('%s, and asks nothing', (keyId, id) => {
    expect(new AzureKeyVaultKey({ credential, keyId }).id).toBe(id);
  });

  it('a name of its own, with the version after it where one is pinned', () => {
    expect(new AzureKeyVaultKey({ credential, keyId: URL_OF_KEY, id: 'orders' }).id).toBe('orders');
    expect(new AzureKeyVaultKey({ credential, keyId: `${URL_OF_KEY}/${VERSION}`, id: 'orders' }).id).toBe(
      `orders/${VERSION}`,
    );
  });
});

describe('new AzureKeyVaultKey refuses', () => {
  it.each<[string, unknown]>([
    ['credential', undefined],
    ['credential', {}],
    ['keyId', undefined],
    ['keyId', ''],
    ['keyId', 'order-key'],
    ['keyId', URL_OF_KEY.replace('https', 'http')],
    ['keyId', URL_OF_KEY.replace('/keys/', '/secrets/')],
    ['keyId', 'https://orders.vault.azure.net/keys/'],
    ['keyId', 'https://orders.vault.azure.net/keys/a_b'],
    ['keyId', `${URL_OF_KEY}/${VERSION.toUpperCase()}`],
    ['keyId', `${URL_OF_KEY}/${VERSION.slice(1)}`],
    ['keyId', `${URL_OF_KEY}/${VERSION}/x`],
    ['keyId', `${URL_OF_KEY}?a=b`],
    ['keyId', `${URL_OF_KEY}#a`],
    ['keyId', `${URL_OF_KEY}\n`],
    ['keyId', URL_OF_KEY.replace('https://', 'https://user:pass@')],
    ['keyId', 'https://orders.vault.azure.net/keys/../keys/order-key/%2e%2e'],
    ['algorithm', 'RSA-OAEP'],
    ['algorithm', null],
    ['wrapLocally', 'yes'],
    ['clientOptions', 'x'],
    ['clientOptions', null],
    ['clientOptions', []],
    ['id', ''],
    ['id', 7],
    ['id', 'x'.repeat(1000)],
    ['request', { maxAttempts: 3 }],
    ['keyID', URL_OF_KEY],
  ])('%s: %j', async (field, value) => {
    const options = { credential, keyId: URL_OF_KEY, [field]: value } as unknown as AzureKeyVaultKeyOptions;
    const error = await rejectionOf(() => new AzureKeyVaultKey(options));
    expect(error).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
    expect(error.message).toContain(field);
  });

  it('wrapLocally without a public key', async () => {
    const options = { credential, keyId: URL_OF_KEY, algorithm: 'A256KW', wrapLocally: true } as const;
    expect(await rejectionOf(() => new AzureKeyVaultKey(options))).toMatchObject({
      code: 'WAXSEAL_CONFIGURATION',
      message: expect.stringContaining('wrapLocally') as unknown,
    });
  });

  it('nothing at all', async () => {
    expect(await rejectionOf(() => new AzureKeyVaultKey(undefined as never))).toMatchObject({
      code: 'WAXSEAL_CONFIGURATION',
    });
  });
});
