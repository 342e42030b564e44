import { randomBytes } from 'node:crypto';

import * as sdk from '@aws-sdk/client-kms';
import { describe, expect, it, jest } from '@jest/globals';
import type { KeyDescription, KeyHistory } from '@waxseal/core/provider';

import './support/errors-of-node';
import { AwsKmsKey } from '../src';
import { kmsUnderTest } from './support/kms-under-test';

const AAD = Buffer.from('waxseal/v1/data-key');
const under = kmsUnderTest();
const past = { history: true } as const;

/** Whole milliseconds: the service tells seconds with a fraction. */
const at = (date: Date | undefined): Date => new Date(Math.round(date?.getTime() ?? NaN));

async function historyOf(key: AwsKmsKey): Promise<KeyHistory> {
  const { history } = await key.describe(past);
  if (history === undefined) throw new Error('There is none.');
  return history;
}

describe('the history of a key', () => {
  it('has its creation, its generations, its rotation and its last use', async () => {
    const { kms, client } = under();
    const managed = kms.createKey();
    managed.rotationPeriodDays = 365;
    const key = new AwsKmsKey({ client, keyId: kms.alias('alias/orders', managed) });
    expect((await historyOf(key)).lastUse).toEqual({ at: undefined, recordedSince: at(managed.createdAt) });

    const wrapped = await key.wrap(randomBytes(32), AAD);
    const older = managed.currentKeyMaterialId;
    const newer = managed.rotate();
    await key.unwrap(wrapped, AAD);
    const history = await historyOf(key);
    expect(history).toMatchObject({
      createdAt: at(managed.createdAt),
      deletedAt: undefined,
      rotation: expect.stringMatching(/^every 365 days, next on \d{4}-\d\d-\d\d$/),
      versions: [
        { version: newer, state: 'CURRENT', createdAt: at(managed.materials.current.createdAt) },
        { version: older, state: 'NON_CURRENT', createdAt: at(managed.createdAt) },
      ],
      hasMoreVersions: false,
      lastUse: { operation: 'Decrypt', at: at(managed.lastUse?.at) },
      untold: [],
    });
  });

  it('is not asked for unasked, so that checks of readiness stay one request', async () => {
    const { kms, client } = under();
    const key = new AwsKmsKey({ client, keyId: kms.createKey().arn });
    expect(await key.describe()).not.toHaveProperty('history');
    expect(kms.requests.map(({ action }) => action)).toEqual(['DescribeKey']);
  });

  it('says which rights are missing, and tells the rest', async () => {
    const { kms, client } = under();
    const key = new AwsKmsKey({ client, keyId: kms.createKey().arn });
    kms.deny('GetKeyLastUsage');
    kms.deny('ListKeyRotations');
    expect(await historyOf(key)).toMatchObject({
      rotation: 'off',
      lastUse: undefined,
      untold: [
        'the last use: denied, it needs kms:GetKeyLastUsage',
        'versions: denied, it needs kms:ListKeyRotations',
      ],
    });
  });

  it('says that the service, or the SDK, does not know the question', async () => {
    const { kms, client } = under();
    const key = new AwsKmsKey({ client, keyId: kms.createKey().arn });
    kms.next({ edit: (answer) => answer });
    kms.next({ error: 'UnknownOperationException' }, 9);
    expect((await historyOf(key)).untold).toEqual(
      ['automatic rotation', 'the last use', 'versions'].map(
        (what) => `${what}: the service did not understand the question`,
      ),
    );
  });

  it('says that the SDK is too old for the last use', async () => {
    const { kms, client } = under();
    const older = { ...sdk, GetKeyLastUsageCommand: undefined };
    const keyId = kms.createKey().arn;
    let described: Promise<KeyDescription> | undefined;
    jest.isolateModules(() => {
      jest.doMock('@aws-sdk/client-kms', () => older);
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const { AwsKmsKey: Older } = require('../src') as { AwsKmsKey: typeof AwsKmsKey };
      described = new Older({ client, keyId }).describe(past);
    });
    expect((await described)?.history?.untold).toEqual([
      'the last use: it needs @aws-sdk/client-kms 3.1161 or newer',
    ]);
  });

  it('has the date of a deletion, and the newest 50 of many generations', async () => {
    const { kms, client } = under();
    const managed = kms.createKey();
    for (let index = 0; index < 60; index++) managed.rotate();
    managed.scheduleDeletion();
    const history = await historyOf(new AwsKmsKey({ client, keyId: managed.arn }));
    expect(history.deletedAt?.getTime()).toBeGreaterThan(Date.now());
    expect(history.versions).toHaveLength(50);
    expect(history.versions?.[0]?.state).toBe('CURRENT');
    expect(history).toMatchObject({ hasMoreVersions: true, rotation: 'off' });
  });
});
