import { describe, expect, it } from '@jest/globals';

import type { KeyEncryptionKey } from '@waxseal/core';

import { keyFromUri, type KeySchemes } from '../src/key-from-uri';
import { importOptional } from '../src/import-optional';
import { keyringFromUris } from '../src/keyring-from-uris';
import { suggestUri } from '../src/suggest-uri';
import { unknownVariables } from '../src/variables';

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

const ARN = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const CRYPTO_KEY = 'projects/p/locations/l/keyRings/r/cryptoKeys/k';

describe('a name of a key that is no URI of one', () => {
  it.each([
    [ARN, `awskms:///${ARN}`],
    [`awskms://${ARN}`, `awskms:///${ARN}`],
    [`aws-kms://${ARN}`, `awskms:///${ARN}`],
    ['alias/orders', 'awskms:///alias/orders'],
    ['awskms://alias/orders', 'awskms:///alias/orders'],
    [CRYPTO_KEY, `gcpkms://${CRYPTO_KEY}`],
    [`gcp-kms:///${CRYPTO_KEY}/cryptoKeyVersions/3`, `gcpkms://${CRYPTO_KEY}`],
    ['https://orders.vault.azure.net/keys/payloads', 'azurekeyvault://orders.vault.azure.net/keys/payloads'],
    ['hashivault://transit/keys/orders', 'vaulttransit://transit/orders'],
    ['transit/orders', 'vaulttransit://transit/orders'],
    ['/etc/waxseal/keyring.json#orders', 'local:///etc/waxseal/keyring.json#orders'],
    ['local://etc/waxseal/keyring.json', 'local:///etc/waxseal/keyring.json'],
  ])('%s: %s is meant', (text, meant) => {
    expect(suggestUri(text)).toBe(meant);
  });

  it('has the error say which is meant', async () => {
    await expect(keyFromUri(`awskms://${ARN}`, {})).rejects.toThrow(`Is awskms:///${ARN} meant?`);
    await expect(keyFromUri('transit/orders', {})).rejects.toThrow('Is vaulttransit://transit/orders meant?');
  });

  it.each([
    '',
    'hello',
    'awskms://',
    `${ARN}?token=secret`,
    'https://user:secret@orders.vault.azure.net/keys/k',
    'c2VjcmV0',
  ])('%j: none is made up, and it is not repeated', async (text) => {
    await expect(keyFromUri(text, {})).rejects.not.toThrow(/meant|secret|c2VjcmV0/);
  });

  it.each([`awskms:///${ARN}`, `gcpkms://${CRYPTO_KEY}`, 'vaulttransit://transit/orders'])(
    'is not found in %s, which is one',
    (uri) => {
      expect(suggestUri(uri)).toBeUndefined();
    },
  );
});

describe('variables', () => {
  it.each([
    'WAXSEAL_SERVICE_HOST',
    'WAXSEAL_PORT',
    'WAXSEAL_PORT_8081_TCP_ADDR',
    'WAXSEAL_CODEC_SERVER_SERVICE_PORT_HTTP',
    'WAXSEAL_CODEC_SERVER_PORT_8081_TCP',
  ])('%s is of Kubernetes', (name) => {
    expect(unknownVariables({ [name]: 'tcp://10.0.0.1:8081' })).toEqual([]);
  });

  it('that are empty, or of others, count for nothing', () => {
    expect(unknownVariables({ WAXSEAL_PRIMARY_KYE: ' ', PATH: '/bin', MY_WAXSEAL: '1' })).toEqual([]);
  });

  it('that look like none of ours are given back', () => {
    expect(unknownVariables({ WAXSEAL_ORDERS_SECRET: 'x' })).toEqual(['WAXSEAL_ORDERS_SECRET']);
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
