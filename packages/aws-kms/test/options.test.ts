import { describe, expect, it } from '@jest/globals';
import { rejectionOf } from '@waxseal/test-support';

import { AwsKmsKey, type AwsKmsKeyOptions } from '../src';
import { kmsClient } from './support/kms-client';

const ARN = 'arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000';
const client = kmsClient('http://127.0.0.1:9');

describe('new AwsKmsKey takes', () => {
  it.each([
    ARN,
    ARN.replace('arn:aws:', 'arn:aws-us-gov:'),
    '00000000-0000-4000-8000-000000000000',
    `mrk-${'0'.repeat(32)}`,
    'alias/orders/v1',
    'arn:aws:kms:eu-west-1:111122223333:alias/orders',
  ])('%s, and asks nothing', (keyId) => {
    expect(new AwsKmsKey({ client, keyId }).id).toBe(keyId);
  });
});

describe('new AwsKmsKey refuses', () => {
  it.each<[string, unknown]>([
    ['client', undefined],
    ['client', {}],
    ['keyId', undefined],
    ['keyId', ''],
    ['keyId', 'orders'],
    ['keyId', 'http://127.0.0.1/key'],
    ['keyId', 'arn:aws:s3:::bucket'],
    ['keyId', `${ARN}/x`],
    ['keyId', `${ARN}\n`],
    ['keyId', 'arn:aws:kms::111122223333:alias/orders'],
    ['id', ''],
    ['id', 7],
    ['encryptionContext', 'x'],
    ['encryptionContext', null],
    ['encryptionContext', { a: 1 }],
    ['encryptionContext', { '': 'a' }],
    ['encryptionContext', { 'waxseal:aad': 'a' }],
    ['encryptionContext', { 'AWS:x': 'a' }],
    ['encryptionContext', { a: 'x'.repeat(7000) }],
    ['grantTokens', 'x'],
    ['grantTokens', ['']],
    ['grantTokens', Array(11).fill('x')],
    ['request', { maxAttempts: 3 }],
    ['keyID', ARN],
  ])('%s: %j', async (field, value) => {
    const options = { client, keyId: ARN, [field]: value } as unknown as AwsKmsKeyOptions;
    const error = await rejectionOf(() => new AwsKmsKey(options));
    expect(error).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
    expect(error.message).toContain(field);
  });

  it('nothing at all', async () => {
    expect(await rejectionOf(() => new AwsKmsKey(undefined as never))).toMatchObject({
      code: 'WAXSEAL_CONFIGURATION',
    });
  });
});
