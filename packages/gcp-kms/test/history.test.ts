import { describe, expect, it } from '@jest/globals';

import { GcpKmsKey } from '../src';
import { kmsUnderTest } from './support/kms-under-test';

const under = kmsUnderTest();
const past = { history: true } as const;

describe('the history of a key', () => {
  it('has its versions, the newest first, with what is to be destroyed, and the rotation', async () => {
    const { kms, client } = under();
    const managed = kms.createKey({ rotationPeriodSeconds: 7_776_000 });
    for (let index = 0; index < 10; index++) managed.rotate();
    managed.versions[0]?.scheduleDestruction();
    const { history } = await new GcpKmsKey({ client, keyName: managed.name }).describe(past);
    expect(history).toMatchObject({
      createdAt: expect.any(Date),
      deletedAt: undefined,
      rotation: expect.stringMatching(/^every 90 days, next on \d{4}-\d\d-\d\d$/),
      hasMoreVersions: false,
      untold: [],
    });
    expect(history?.versions?.map(({ version }) => version)).toEqual([
      '11',
      '10',
      '9',
      '8',
      '7',
      '6',
      '5',
      '4',
      '3',
      '2',
      '1',
    ]);
    expect(history?.versions?.at(-1)).toMatchObject({
      state: 'DESTROY_SCHEDULED',
      createdAt: new Date(Math.floor(managed.createdAt.getTime() / 1000) * 1000),
      endsAt: expect.any(Date),
    });
    expect(kms.requests.map(({ method }) => method)).toEqual(['GetCryptoKey', 'ListCryptoKeyVersions']);
  });

  it('has the newest 50 of those that the service lists at once, and says that there are more', async () => {
    const { kms, client } = under();
    const managed = kms.createKey();
    for (let index = 0; index < 1000; index++) managed.createVersion();
    const { history } = await new GcpKmsKey({ client, keyName: managed.name }).describe(past);
    expect(history?.versions).toHaveLength(50);
    expect(history).toMatchObject({ hasMoreVersions: true, rotation: 'off' });
    expect(kms.requests).toHaveLength(2);
  });

  it('says which right is missing, and tells the rest', async () => {
    const { kms, client } = under();
    const key = new GcpKmsKey({ client, keyName: kms.createKey().name });
    kms.deny('cloudkms.cryptoKeyVersions.list');
    const { history } = await key.describe(past);
    expect(history).toMatchObject({
      createdAt: expect.any(Date),
      untold: ['versions: denied, it needs cloudkms.cryptoKeyVersions.list'],
    });
    expect(history?.versions).toBeUndefined();
  });
});
