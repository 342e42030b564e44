import { inspect } from 'node:util';

import { buildClient, CommitmentPolicy, KmsKeyringNode, MultiKeyringNode } from '@aws-crypto/client-node';
import { KMS } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import { serializePayload } from '@waxseal/core/internal';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';
import { type AwsKmsDouble, startAwsKmsDouble } from '@waxseal/testing';

import { EncryptionSdkCodec } from '../src';
import { bytes, rawKeyring } from './support/peers';

// The SDK's types of a client are of a version without exactOptionalPropertyTypes: hence the casts.
const secret = jsonPayload('secret');
let aws: AwsKmsDouble;
let client: KMS;
let keyring: KmsKeyringNode;
let payload: Payload;

beforeAll(async () => {
  aws = await startAwsKmsDouble();
  const credentials = { accessKeyId: 'AKIDDOUBLE0000000001', secretAccessKey: 'x' };
  client = new KMS({ endpoint: aws.endpoint, region: 'eu-west-1', credentials, maxAttempts: 1 });
  keyring = new KmsKeyringNode({ keyIds: [aws.createKey().arn], clientProvider: () => client as never });
  // The double makes no data keys: another keyring does, and KMS wraps it as a second one.
  const both = new MultiKeyringNode({ generator: rawKeyring(), children: [keyring] });
  const { encrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
  const { result } = await encrypt(both, Buffer.concat(serializePayload(secret)));
  payload = { metadata: { encoding: bytes('awsencriptionsdk/binary/encrypted') }, data: bytes(result) };
});

beforeEach(() => {
  aws.reset();
});

afterAll(async () => {
  client.destroy();
  await aws.close();
});

const codecOf = (): EncryptionSdkCodec => new EncryptionSdkCodec({ keyring, requests: { maxAttempts: 1 } });

it('opens what AWS KMS has wrapped', async () => {
  expect(await codecOf().decode([payload])).toEqual([secret]);
});

it.each([
  ['ThrottlingException', 'throttled', true],
  ['AccessDeniedException', 'denied', false],
  ['DisabledException', 'disabled', false],
  ['KMSInternalException', 'unavailable', true],
] as const)('says what AWS KMS says: %s', async (error, reason, retryable) => {
  aws.next({ error });
  const thrown = await rejectionOf(() => codecOf().decode([payload]));
  expect(thrown).toMatchObject({ code: 'WAXSEAL_KEY_SERVICE', reason, retryable });
  expect(inspect(thrown)).not.toContain('arn:aws');
});

it('takes a refusal of the ciphertext for damage', async () => {
  aws.next({ error: 'InvalidCiphertextException' });
  expect(await rejectionOf(() => codecOf().decode([payload]))).toMatchObject({ reason: 'damaged' });
});

it('names the key of AWS KMS that it has not got', async () => {
  const other = new KmsKeyringNode({ keyIds: [aws.createKey().arn], clientProvider: () => client as never });
  const error = await rejectionOf(() => new EncryptionSdkCodec({ keyring: other }).decode([payload]));
  expect(error).toMatchObject({ code: 'WAXSEAL_PEER_FORMAT', reason: 'unknown-key' });
  expect(error.message).toContain('arn:aws:kms');
  expect(aws.requests).toHaveLength(0);
});
