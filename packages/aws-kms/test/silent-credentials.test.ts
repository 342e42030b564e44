import { randomBytes } from 'node:crypto';

import { expect, it } from '@jest/globals';
import { withLimits } from '@waxseal/conformance';

import { AwsKmsKey } from '../src';
import { kmsClient } from './support/kms-client';
import { kmsUnderTest } from './support/kms-under-test';

const AAD = Buffer.from('waxseal/v1/data-key');
const under = kmsUnderTest();

it('every call ends in its time where credentials never come', async () => {
  const { kms } = under();
  const { arn } = kms.createKey();
  const request = { attemptTimeoutMs: 200, totalTimeoutMs: 500, maxAttempts: 1 };
  const client = kmsClient(kms.endpoint, 'eu-west-1', { credentials: () => new Promise(() => undefined) });
  const key = withLimits(new AwsKmsKey({ client, keyId: arn }), request);
  const timeout = expect.objectContaining({ reason: 'timeout' });
  await expect(key.wrap(randomBytes(32), AAD)).rejects.toEqual(timeout);
  await expect(key.unwrap({ keyId: arn, bytes: randomBytes(61) }, AAD)).rejects.toEqual(timeout);
  await expect(key.describe()).rejects.toEqual(timeout);
  await expect(key.checkPermissions(AAD)).rejects.toEqual(timeout);
  expect(kms.requests).toHaveLength(0);
});
