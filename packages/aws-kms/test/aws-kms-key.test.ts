import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';
import { withLimits } from '@waxseal/conformance';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import './support/errors-of-node';
import { AwsKmsKey, type AwsKmsClient } from '../src';
import { CREDENTIALS, kmsClient } from './support/kms-client';
import { kmsUnderTest } from './support/kms-under-test';

const AAD = Buffer.from('waxseal/v1/data-key');
const under = kmsUnderTest();

describe('AwsKmsKey asks', () => {
  it('with the encryption context of its README, the algorithm, the key and the grant tokens', async () => {
    const { kms, client } = under();
    const { arn } = kms.createKey();
    const key = new AwsKmsKey({
      client,
      keyId: arn,
      encryptionContext: { app: 'orders' },
      grantTokens: ['grant-1'],
    });
    await key.unwrap(await key.wrap(randomBytes(32), AAD), AAD);
    const asked = {
      keyId: arn,
      encryptionContext: { app: 'orders', 'waxseal:aad': 'd2F4c2VhbC92MS9kYXRhLWtleQ==' },
      encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      grantTokens: ['grant-1'],
      dryRun: false,
    };
    expect(kms.requests).toMatchObject([
      { action: 'Encrypt', ...asked },
      { action: 'Decrypt', ...asked },
    ]);
  });

  it('and another static context does not open', async () => {
    const { kms, client } = under();
    const { arn } = kms.createKey();
    const wrapped = await new AwsKmsKey({ client, keyId: arn, encryptionContext: { app: 'a' } }).wrap(
      randomBytes(32),
      AAD,
    );
    for (const encryptionContext of [undefined, {}, { app: 'b' }, { App: 'a' }, { app: 'a', more: '' }]) {
      const key = new AwsKmsKey({ client, keyId: arn, encryptionContext });
      expect(await rejectionOf(() => key.unwrap(wrapped, AAD))).toMatchObject({
        reason: 'rejected-ciphertext',
      });
    }
  });

  it('nothing about a wrapped key that no key of KMS can have made', async () => {
    const { kms, client } = under();
    const { arn } = kms.createKey();
    const key = new AwsKmsKey({ client, keyId: arn });
    for (const length of [0, 4097]) {
      const error = await rejectionOf(() => key.unwrap({ keyId: arn, bytes: new Uint8Array(length) }, AAD));
      expect(error).toMatchObject({ reason: 'rejected-ciphertext' });
    }
    expect(kms.requests).toHaveLength(0);
  });

  it('no more than its own attempts, where the SDK does not retry', async () => {
    const { kms, client } = under();
    const key = withLimits(new AwsKmsKey({ client, keyId: kms.createKey().arn }), { maxAttempts: 2 });
    kms.next({ error: 'KMSInternalException' }, 10);
    await rejectionOf(() => key.wrap(randomBytes(32), AAD));
    expect(kms.requests).toHaveLength(2);
  });

  it('within its deadline, where the SDK retries too', async () => {
    const { kms } = under();
    const client = kmsClient(kms.endpoint, 'eu-west-1', { maxAttempts: 50 });
    const request = { attemptTimeoutMs: 150, totalTimeoutMs: 300, maxAttempts: 3 };
    const key = withLimits(new AwsKmsKey({ client, keyId: kms.createKey().arn }), request);
    kms.next({ error: 'KMSInternalException' }, 1000);
    const started = performance.now();
    await rejectionOf(() => key.wrap(randomBytes(32), AAD));
    expect(performance.now() - started).toBeLessThan(1000);
    client.destroy();
  });
});

describe('AwsKmsKey gives out', () => {
  it('fresh buffers of its own, and leaves none of the plaintext in the SDK’s', async () => {
    const { kms, client } = under();
    const plaintexts: Uint8Array[] = [];
    const watched = {
      send: async (command: never, options: never) => {
        const answer = (await (client as AwsKmsClient).send(command, options)) as { Plaintext?: Uint8Array };
        if (answer.Plaintext !== undefined) plaintexts.push(answer.Plaintext);
        return answer;
      },
    };
    const key = new AwsKmsKey({ client: watched as AwsKmsClient, keyId: kms.createKey().arn });
    const dataKey = randomBytes(32);
    const wrapped = await key.wrap(dataKey, AAD);
    const opened = await key.unwrap(wrapped, AAD);
    expect(Buffer.from(opened).equals(dataKey)).toBe(true);
    expect([opened.buffer.byteLength, wrapped.bytes.buffer.byteLength]).toEqual([32, wrapped.bytes.length]);
    expect(plaintexts.map((plaintext) => plaintext.every((byte) => byte === 0))).toEqual([true]);
  });

  it('key IDs only, when it is shown', () => {
    const { client } = under();
    const key = new AwsKmsKey({
      client,
      keyId: 'alias/a',
      grantTokens: ['grant-secret'],
      encryptionContext: { app: 'orders' },
    });
    expect(JSON.parse(JSON.stringify(key))).toEqual({ id: 'alias/a', keyId: 'alias/a', resolved: [] });
    expect(inspect(key, { depth: 9, showHidden: true })).toBe(
      "AwsKmsKey { id: 'alias/a', keyId: 'alias/a', resolved: [] }",
    );
  });
});

describe('AwsKmsKey refuses an answer', () => {
  it('for another key', async () => {
    const { kms, client } = under();
    const [mine, other] = [kms.createKey(), kms.createKey()];
    const key = withLimits(new AwsKmsKey({ client, keyId: mine.arn }), { maxAttempts: 1 });
    const wrapped = await key.wrap(randomBytes(32), AAD);
    for (const KeyId of [other.arn, undefined, 'x', mine.arn.replace('eu-west-1', 'us-east-1')]) {
      const edit = (answer: object): object => ({ ...answer, KeyId });
      kms.next({ edit }, 2);
      expect(await rejectionOf(() => key.unwrap(wrapped, AAD))).toMatchObject({
        reason: 'rejected-ciphertext',
      });
      expect(await rejectionOf(() => key.wrap(randomBytes(32), AAD))).toMatchObject({ reason: 'unknown' });
    }
  });

  it('that holds no data key or no ciphertext of a right length', async () => {
    const { kms, client } = under();
    const key = withLimits(new AwsKmsKey({ client, keyId: kms.createKey().arn }), { maxAttempts: 1 });
    const wrapped = await key.wrap(randomBytes(32), AAD);
    for (const bytes of [undefined, Buffer.alloc(31), Buffer.alloc(33)]) {
      kms.next({ edit: (answer) => ({ ...answer, Plaintext: bytes?.toString('base64') }) });
      expect(await rejectionOf(() => key.unwrap(wrapped, AAD))).toMatchObject({
        reason: 'rejected-ciphertext',
      });
    }
    for (const bytes of [undefined, Buffer.alloc(4097)]) {
      kms.next({ edit: (answer) => ({ ...answer, CiphertextBlob: bytes?.toString('base64') }) });
      expect(await rejectionOf(() => key.wrap(randomBytes(32), AAD))).toMatchObject({ reason: 'unknown' });
    }
  });
});

describe('AwsKmsKey by', () => {
  it('key ID records the key ARN, owns it before any request, and needs no DescribeKey', async () => {
    const { kms, client } = under();
    const { keyId, arn } = kms.createKey();
    const dataKey = randomBytes(32);
    const wrapped = await new AwsKmsKey({ client, keyId }).wrap(dataKey, AAD);
    expect(wrapped.keyId).toBe(arn);
    const reader = new AwsKmsKey({ client, keyId });
    expect(reader.owns(arn)).toBe(true);
    expect(Buffer.from(await reader.unwrap(wrapped, AAD)).equals(dataKey)).toBe(true);
    expect(kms.requests.map(({ action }) => action)).toEqual(['Encrypt', 'Decrypt']);
  });

  it('a key ID does not open under an ARN of another account', async () => {
    const { kms, client } = under();
    const { keyId, arn } = kms.createKey();
    const key = new AwsKmsKey({ client, keyId });
    const { bytes } = await new AwsKmsKey({ client, keyId }).wrap(randomBytes(32), AAD);
    const elsewhere = arn.replace('111122223333', '999999999999');
    expect(await rejectionOf(() => key.unwrap({ keyId: elsewhere, bytes }, AAD))).toMatchObject({
      reason: 'rejected-ciphertext',
    });
  });

  it.each(['name', 'ARN'])('alias %s records the key ARN', async (form) => {
    const { kms, client } = under();
    const key = kms.createKey();
    const aliasArn = kms.alias('alias/orders', key);
    const keyId = form === 'name' ? 'alias/orders' : aliasArn;
    const dataKey = randomBytes(32);
    const writer = new AwsKmsKey({ client, keyId });
    const wrapped = await writer.wrap(dataKey, AAD);
    expect([writer.id, wrapped.keyId]).toEqual([keyId, key.arn]);
    kms.requests.length = 0;
    const reader = new AwsKmsKey({ client, keyId });
    const opened = await Promise.all(Array.from({ length: 20 }, () => reader.unwrap(wrapped, AAD)));
    expect(opened.every((bytes) => dataKey.equals(bytes))).toBe(true);
    const actions = kms.requests.map(({ action }) => action);
    expect(actions.filter((action) => action === 'DescribeKey')).toHaveLength(1);
    expect(new Set(kms.requests.filter(({ action }) => action === 'Decrypt').map((r) => r.keyId))).toEqual(
      new Set([key.arn]),
    );
  });

  it('alias says what right is missing when it may not be resolved', async () => {
    const { kms, client } = under();
    const key = kms.createKey();
    kms.alias('alias/orders', key);
    const wrapped = await new AwsKmsKey({ client, keyId: 'alias/orders' }).wrap(randomBytes(32), AAD);
    kms.deny('DescribeKey');
    const reader = new AwsKmsKey({ client, keyId: 'alias/orders' });
    const error = await rejectionOf(() => reader.unwrap(wrapped, AAD));
    expect(error).toMatchObject({ reason: 'denied' });
    expect((error.cause as Error).message).toContain('kms:DescribeKey');
  });

  it('alias that was repointed wraps under the new key and opens the old in the same process', async () => {
    const { kms, client } = under();
    const [older, newer] = [kms.createKey(), kms.createKey()];
    kms.alias('alias/orders', older);
    const key = new AwsKmsKey({ client, keyId: 'alias/orders' });
    const dataKey = randomBytes(32);
    const before = await key.wrap(dataKey, AAD);
    kms.alias('alias/orders', newer);
    const after = await key.wrap(dataKey, AAD);
    expect([before.keyId, after.keyId]).toEqual([older.arn, newer.arn]);
    for (const wrapped of [before, after]) expect(dataKey.equals(await key.unwrap(wrapped, AAD))).toBe(true);
    const fresh = new AwsKmsKey({ client, keyId: 'alias/orders' });
    expect(await rejectionOf(() => fresh.unwrap(before, AAD))).toMatchObject({ retryable: true });
    expect([fresh.owns(before.keyId), fresh.owns(after.keyId)]).toEqual([false, true]);
  });

  it('two aliases in one keyring: resolved, each opens its own', async () => {
    const { kms, client } = under();
    const [a, b] = [kms.createKey(), kms.createKey()];
    kms.alias('alias/a', a);
    kms.alias('alias/b', b);
    const wrapped = await new AwsKmsKey({ client, keyId: 'alias/b' }).wrap(randomBytes(32), AAD);
    const keys = ['alias/a', 'alias/b'].map((keyId) => new AwsKmsKey({ client, keyId }));
    expect(await Promise.all(keys.map((key) => key.resolve()))).toEqual([a.arn, b.arn]);
    expect(keys.map((key) => key.owns(wrapped.keyId))).toEqual([false, true]);
  });

  it('a name of its own records that name, and still opens what was recorded by ARN', async () => {
    const { kms, client } = under();
    const { arn } = kms.createKey();
    const dataKey = randomBytes(32);
    const byArn = await new AwsKmsKey({ client, keyId: arn }).wrap(dataKey, AAD);
    const key = new AwsKmsKey({ client, keyId: arn, id: 'orders' });
    const byName = await key.wrap(dataKey, AAD);
    expect([key.id, byName.keyId]).toEqual(['orders', 'orders']);
    for (const wrapped of [byArn, byName]) expect(dataKey.equals(await key.unwrap(wrapped, AAD))).toBe(true);
  });
});

describe('a multi-region key', () => {
  it('opens in another region what was wrapped in the first, by ARN, key ID and alias', async () => {
    const { kms, client } = under();
    const primary = kms.createKey({ region: 'us-east-1', multiRegion: true });
    const replica = kms.replicateKey(primary, 'eu-west-1');
    const alias = kms.alias('alias/global', replica);
    const abroad = kmsClient(kms.endpoint, 'us-east-1');
    const dataKey = randomBytes(32);
    const wrapped = await new AwsKmsKey({ client: abroad, keyId: primary.arn }).wrap(dataKey, AAD);
    expect(wrapped.keyId).toBe(primary.arn);
    abroad.destroy();
    for (const keyId of [replica.arn, replica.keyId, alias, 'alias/global']) {
      const key = new AwsKmsKey({ client, keyId });
      expect(key.owns(primary.arn)).toBe(true);
      expect(dataKey.equals(await key.unwrap(wrapped, AAD))).toBe(true);
      expect(kms.requests.at(-1)).toMatchObject({ action: 'Decrypt', region: 'eu-west-1' });
    }
  });

  it('is not the single-region key of another region, nor that of another account', () => {
    const { client } = under();
    const id = `mrk-${'0'.repeat(32)}`;
    const key = new AwsKmsKey({ client, keyId: `arn:aws:kms:eu-west-1:111122223333:key/${id}` });
    expect(key.owns(`arn:aws:kms:us-east-1:111122223333:key/${id}`)).toBe(true);
    expect(key.owns(`arn:aws:kms:us-east-1:999999999999:key/${id}`)).toBe(false);
    expect(key.owns(`arn:aws-cn:kms:us-east-1:111122223333:key/${id}`)).toBe(false);
    const uuid = '00000000-0000-4000-8000-000000000000';
    const single = new AwsKmsKey({ client, keyId: `arn:aws:kms:eu-west-1:111122223333:key/${uuid}` });
    expect(single.owns(`arn:aws:kms:us-east-1:111122223333:key/${uuid}`)).toBe(false);
  });

  it('opens a payload that a codec in the other region wrote', async () => {
    const { kms, client } = under();
    const primary = kms.createKey({ region: 'us-east-1', multiRegion: true });
    const replica = kms.replicateKey(primary, 'eu-west-1');
    const abroad = kmsClient(kms.endpoint, 'us-east-1');
    const writer = new EnvelopeCodec({
      keyring: new Keyring({ primary: new AwsKmsKey({ client: abroad, keyId: primary.arn }) }),
    });
    const reader = new EnvelopeCodec({
      keyring: new Keyring({ decryptOnly: [new AwsKmsKey({ client, keyId: replica.arn })] }),
    });
    const payload = jsonPayload('order');
    const [opened] = await reader.decode(await writer.encode([payload]));
    expect(Buffer.from(opened?.data ?? []).toString()).toBe('"order"');
    writer.close();
    reader.close();
    abroad.destroy();
  });
});

describe('key material', () => {
  it('that was rotated wraps, and the older generations still open', async () => {
    const { kms, client } = under();
    const managed = kms.createKey();
    const key = new AwsKmsKey({ client, keyId: managed.arn });
    const dataKey = randomBytes(32);
    const first = await key.describe();
    const before = await key.wrap(dataKey, AAD);
    const newer = managed.rotate();
    const after = await key.wrap(dataKey, AAD);
    expect(before.keyId).toBe(after.keyId);
    for (const wrapped of [before, after]) expect(dataKey.equals(await key.unwrap(wrapped, AAD))).toBe(true);
    expect(await key.describe()).toEqual({ ...first, version: newer, clockAheadMs: expect.any(Number) });
    expect(first).toMatchObject({ service: 'AWS KMS', name: managed.arn, state: 'Enabled', isUsable: true });
    expect(first.version).not.toBe(newer);
    managed.disable();
    expect(await key.describe()).toMatchObject({ state: 'Disabled', isUsable: false });
    kms.clockOffsetMs = 120_000;
    expect(Math.abs(((await key.describe()).clockAheadMs ?? 0) - 120_000)).toBeLessThan(5_000);
  });
});

describe('checkPermissions', () => {
  it('tells what may be done, and encrypts and decrypts nothing', async () => {
    const { kms, client } = under();
    const managed = kms.createKey();
    const key = new AwsKmsKey({ client, keyId: managed.arn });
    process.env['AWS_ENDPOINT_URL_STS'] = kms.endpoint;
    expect(await key.checkPermissions(AAD)).toEqual({
      caller: `arn:aws:iam::111122223333:user/${CREDENTIALS.accessKeyId}`,
      wrap: { allowed: true },
      unwrap: { allowed: true },
    });
    expect(kms.requests.map(({ dryRun }) => dryRun)).toEqual([true, true]);
    kms.deny('Encrypt');
    expect(await key.checkPermissions(AAD)).toMatchObject({
      wrap: { allowed: false, error: { reason: 'denied' } },
      unwrap: { allowed: true },
    });
    managed.disable();
    expect(await key.checkPermissions(AAD)).toMatchObject({
      unwrap: { allowed: false, error: { reason: 'disabled' } },
    });
  });
});
