import { KeyManagementServiceClient } from '@google-cloud/kms';
import { describe, expect, it } from '@jest/globals';
import { rejectionOf } from '@waxseal/test-support';

import { GcpKmsKey, type GcpKmsClient, type GcpKmsKeyOptions } from '../src';

const NAME = 'projects/p-1/locations/europe-west1/keyRings/waxseal/cryptoKeys/orders';
// The client of the SDK is one as it is.
const client: GcpKmsClient = new KeyManagementServiceClient({
  servicePath: '127.0.0.1',
  port: 9,
  // Without credentials the SDK looks for a metadata server, as soon as it is constructed.
  credentials: { client_email: 'nobody@p-1.iam.gserviceaccount.com', private_key: 'none' },
});

describe('new GcpKmsKey takes', () => {
  it.each([
    NAME,
    NAME.replace('p-1', 'example.com:p-1'),
    NAME.replace('p-1', '123456789012'),
    NAME.replace('europe-west1', 'global'),
    NAME.replace('orders', 'Orders_1-b'),
  ])('%s, and asks nothing', (keyName) => {
    expect(new GcpKmsKey({ client, keyName }).id).toBe(keyName);
  });

  it('a name of its own', () => {
    expect(new GcpKmsKey({ client, keyName: NAME, id: 'orders' }).id).toBe('orders');
  });
});

describe('new GcpKmsKey refuses', () => {
  it.each<[string, unknown]>([
    ['client', undefined],
    ['client', {}],
    ['client', { encrypt: () => undefined }],
    ['keyName', undefined],
    ['keyName', ''],
    ['keyName', 'orders'],
    ['keyName', 'http://127.0.0.1/key'],
    ['keyName', `${NAME}/`],
    ['keyName', `${NAME}\n`],
    ['keyName', `/${NAME}`],
    ['keyName', `//cloudkms.googleapis.com/${NAME}`],
    ['keyName', NAME.replace('orders', '..')],
    ['keyName', NAME.replace('orders', 'a'.repeat(64))],
    ['keyName', `${NAME}/cryptoKeyVersions/1`],
    ['id', ''],
    ['id', 7],
    ['id', 'x'.repeat(1000)],
    ['request', { maxAttempts: 3 }],
    ['keyID', NAME],
  ])('%s: %j', async (field, value) => {
    const options = { client, keyName: NAME, [field]: value } as unknown as GcpKmsKeyOptions;
    const error = await rejectionOf(() => new GcpKmsKey(options));
    expect(error).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
    expect(error.message).toContain(field);
  });

  it.each(['/cryptoKeyVersions/1', '/cryptoKeyVersions/', '/cryptoKeyVersions/x'])(
    'a name with a version (%s), and says why',
    async (version) => {
      const error = await rejectionOf(() => new GcpKmsKey({ client, keyName: `${NAME}${version}` }));
      expect(error.message).toMatch(/must not name a version.*the version that it used is recorded/);
    },
  );

  it('nothing at all', async () => {
    expect(await rejectionOf(() => new GcpKmsKey(undefined as never))).toMatchObject({
      code: 'WAXSEAL_CONFIGURATION',
    });
  });
});

describe('a GcpKmsKey owns', () => {
  const versions = `${NAME}/cryptoKeyVersions`;

  it('the versions of its key, and no others', () => {
    const key = new GcpKmsKey({ client, keyName: NAME });
    expect([`${versions}/1`, `${versions}/42`].map((id) => key.owns(id))).toEqual([true, true]);
    const foreign = [
      NAME,
      `${versions}/`,
      `${versions}/0`,
      `${versions}/01`,
      `${versions}/1x`,
      `${versions}/1/`,
      `${versions}/1\n`,
      `${versions}/-1`,
      `x${versions}/1`,
      versions.replace('orders', 'order') + '/1',
      'orders/cryptoKeyVersions/1',
      '',
    ];
    expect(foreign.filter((id) => key.owns(id))).toEqual([]);
  });

  it('versions under its own name, and those that were recorded before it had one', () => {
    const key = new GcpKmsKey({ client, keyName: NAME, id: 'orders' });
    expect(['orders/cryptoKeyVersions/3', `${versions}/3`].map((id) => key.owns(id))).toEqual([true, true]);
    expect(['orders', 'orders/3', 'order/cryptoKeyVersions/3'].filter((id) => key.owns(id))).toEqual([]);
  });
});
