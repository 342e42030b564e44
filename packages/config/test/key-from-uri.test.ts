import { describe, expect, it } from '@jest/globals';

import type { KeyEncryptionKey } from '@waxseal/core';

import { keyFromUri, type KeySchemes } from '../src/key-from-uri';
import { importOptional } from '../src/import-optional';
import { keyringFromUris } from '../src/keyring-from-uris';

/** The provider of somebody else's, which tells what it was asked for. */
class OtherKey implements KeyEncryptionKey {
  readonly id: string;
  readonly bindsAad = true;

  constructor(id: string) {
    this.id = id;
  }

  static fromUri(
    { host, pathname }: URL,
    environment: Readonly<Record<string, string | undefined>>,
  ): OtherKey {
    return new OtherKey(`${environment['HSM'] ?? ''}/${host}${pathname}`);
  }

  wrap(): Promise<never> {
    return Promise.reject(new Error('not asked'));
  }

  unwrap(): Promise<never> {
    return Promise.reject(new Error('not asked'));
  }
}

describe('keyFromUri', () => {
  it.each(['kms://x', 'orders', 'constructor://x'])('refuses %s and lists what it knows', async (uri) => {
    const asked = keyFromUri(uri, {}, { keySchemes: { myhsm: OtherKey } });
    await expect(asked).rejects.toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
    await expect(asked).rejects.toThrow(
      'local://, awskms://, gcpkms://, azurekeyvault://, vaulttransit://, myhsm://',
    );
  });

  it('makes the key of a scheme of your own by its provider', async () => {
    const keySchemes = { myhsm: OtherKey };
    const key = await keyFromUri('myhsm://slot/orders', { HSM: 'a' }, { keySchemes });
    expect(key.id).toBe('a/slot/orders');
    const later: KeySchemes = { myhsm: { fromUri: () => Promise.resolve(new OtherKey('later')) } };
    expect((await keyFromUri('myhsm://slot', {}, { keySchemes: later })).id).toBe('later');
    const keyring = await keyringFromUris({ primaryKey: 'MYHSM://slot/orders' }, {}, { keySchemes });
    expect(keyring.keyIds).toEqual(['/slot/orders']);
  });

  it.each<[string, unknown, string]>([
    ['local', OtherKey, "a scheme of Waxseal's"],
    ['awskms', OtherKey, "a scheme of Waxseal's"],
    ['myhsm:', OtherKey, 'without a colon'],
    ['MyHsm', OtherKey, 'in lower case'],
    ['myhsm', {}, 'fromUri'],
    ['myhsm', undefined, 'fromUri'],
  ])('does not take keySchemes with %j: %p', async (scheme, provider, text) => {
    const keySchemes = { [scheme]: provider } as KeySchemes;
    const asked = keyFromUri('myhsm://slot/orders', {}, { keySchemes });
    await expect(asked).rejects.toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
    await expect(asked).rejects.toThrow(`keySchemes: ${JSON.stringify(scheme)}`);
    await expect(asked).rejects.toThrow(text);
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
