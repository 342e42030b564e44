import { randomBytes } from 'node:crypto';

import {
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  KMSClient,
  type DecryptCommandInput,
  type EncryptCommandInput,
} from '@aws-sdk/client-kms';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { startAwsKmsDouble, type AwsKmsDouble, type AwsKmsDoubleKey } from '../src';
import { failureOf } from './support/failure-of';

let kms: AwsKmsDouble;
let key: AwsKmsDoubleKey;
const clients: KMSClient[] = [];

function clientIn(region: string): KMSClient {
  const credentials = { accessKeyId: 'AKIDDOUBLE0000000001', secretAccessKey: 'secret' };
  const client = new KMSClient({ endpoint: kms.endpoint, region, credentials, maxAttempts: 1 });
  clients.push(client);
  return client;
}

let client: KMSClient;
const encrypt = (input: Partial<EncryptCommandInput> = {}) =>
  client.send(new EncryptCommand({ KeyId: key.arn, Plaintext: Buffer.from('plain'), ...input }));
const decrypt = (input: DecryptCommandInput) => client.send(new DecryptCommand(input));

beforeAll(async () => {
  kms = await startAwsKmsDouble();
  client = clientIn('eu-west-1');
});
beforeEach(() => {
  kms.reset();
  key = kms.createKey();
});
afterAll(async () => {
  for (const each of clients) each.destroy();
  await kms.close();
});

describe('Encrypt and Decrypt', () => {
  it('open what was sealed, with the same context in whatever order', async () => {
    const sealed = await encrypt({ EncryptionContext: { a: '1', b: '2' } });
    expect(sealed).toMatchObject({ KeyId: key.arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' });
    const opened = await decrypt({
      CiphertextBlob: sealed.CiphertextBlob,
      KeyId: key.arn,
      EncryptionContext: { b: '2', a: '1' },
    });
    expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('plain');
    expect(opened).toMatchObject({ KeyId: key.arn, KeyMaterialId: key.currentKeyMaterialId });
    expect((await decrypt({ CiphertextBlob: (await encrypt()).CiphertextBlob })).KeyId).toBe(key.arn);
  });

  it('refuse another context, every changed byte and every truncation', async () => {
    const { CiphertextBlob: blob = new Uint8Array(0) } = await encrypt({ EncryptionContext: { a: '1' } });
    for (const EncryptionContext of [undefined, {}, { a: '2' }, { A: '1' }, { a: '1', b: '' }]) {
      expect(
        await failureOf(decrypt({ CiphertextBlob: blob, KeyId: key.arn, EncryptionContext })),
      ).toMatchObject({ name: 'InvalidCiphertextException', status: 400 });
    }
    for (let at = 0; at < blob.length; at++) {
      for (const bad of [blob.map((byte, index) => (index === at ? byte ^ 1 : byte)), blob.slice(0, at)]) {
        const input = { CiphertextBlob: bad, KeyId: key.arn, EncryptionContext: { a: '1' } };
        expect((await failureOf(decrypt(input))).name).toBe(
          bad.length === 0 ? 'ValidationException' : 'InvalidCiphertextException',
        );
      }
    }
  });

  it('answer IncorrectKeyException when the ciphertext is of another key', async () => {
    const { CiphertextBlob } = await encrypt();
    expect(await failureOf(decrypt({ CiphertextBlob, KeyId: kms.createKey().arn }))).toMatchObject({
      name: 'IncorrectKeyException',
    });
  });

  it('use the newest material, and name what was used', async () => {
    const [before, older] = [await encrypt(), key.currentKeyMaterialId];
    const newer = key.rotate();
    const after = await encrypt();
    expect(newer).toMatch(/^[0-9a-f]{64}$/);
    const used = [before, after].map(async ({ CiphertextBlob }) => decrypt({ CiphertextBlob }));
    expect((await Promise.all(used)).map(({ KeyMaterialId }) => KeyMaterialId)).toEqual([older, newer]);
  });
});

describe('a key is named', () => {
  it('by ARN, key ID, alias name and alias ARN', async () => {
    const alias = kms.alias('alias/orders', key);
    for (const KeyId of [key.arn, key.keyId, 'alias/orders', alias]) {
      expect((await encrypt({ KeyId })).KeyId).toBe(key.arn);
    }
  });

  it.each([
    ['00000000-0000-4000-8000-000000000000', 'NotFoundException'],
    ['alias/none', 'NotFoundException'],
    ['arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000000', 'NotFoundException'],
    ['arn:aws:s3:::bucket', 'InvalidArnException'],
    ['x'.repeat(2049), 'ValidationException'],
    ['', 'ValidationException'],
  ])('not by %s', async (KeyId, name) => {
    expect(await failureOf(encrypt({ KeyId }))).toMatchObject({ name, status: 400 });
  });

  it('in its region only, unless it is multi-region', async () => {
    const abroad = clientIn('us-east-1');
    const global = kms.createKey({ multiRegion: true });
    const replica = kms.replicateKey(global, 'us-east-1');
    expect(global.keyId).toMatch(/^mrk-[0-9a-f]{32}$/);
    const { CiphertextBlob } = await encrypt({ KeyId: global.arn });
    const opened = await abroad.send(new DecryptCommand({ CiphertextBlob, KeyId: replica.arn }));
    expect(opened.KeyId).toBe(replica.arn);
    expect(await failureOf(abroad.send(new DecryptCommand({ CiphertextBlob, KeyId: global.arn })))).toEqual(
      expect.objectContaining({ name: 'NotFoundException', message: 'Invalid arn eu-west-1' }),
    );
    const single = await encrypt();
    expect(
      await failureOf(abroad.send(new DecryptCommand({ CiphertextBlob: single.CiphertextBlob }))),
    ).toMatchObject({ name: 'InvalidCiphertextException' });
    replica.disable();
    expect((await decrypt({ CiphertextBlob, KeyId: global.arn })).KeyId).toBe(global.arn);
  });
});

describe('a state', () => {
  it.each([
    ['Disabled', 'DisabledException'],
    ['PendingDeletion', 'KMSInvalidStateException'],
    ['PendingImport', 'KMSInvalidStateException'],
    ['Creating', 'KMSInvalidStateException'],
    ['Unavailable', 'KMSInvalidStateException'],
  ] as const)('%s answers %s, and can be described', async (state, name) => {
    const { CiphertextBlob } = await encrypt();
    key.state = state;
    expect((await failureOf(encrypt())).name).toBe(name);
    expect((await failureOf(decrypt({ CiphertextBlob, KeyId: key.arn }))).name).toBe(name);
    expect((await failureOf(encrypt({ DryRun: true }))).name).toBe(name);
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: key.arn }));
    expect(KeyMetadata).toMatchObject({ KeyState: state, Enabled: false, Arn: key.arn });
  });

  it('changes as the service changes it', async () => {
    key.scheduleDeletion();
    key.cancelDeletion();
    expect(key.state).toBe('Disabled');
    key.enable();
    await encrypt();
    kms.deleteKey(key);
    expect((await failureOf(encrypt())).name).toBe('NotFoundException');
  });

  it('of a key for MACs answers InvalidKeyUsageException', async () => {
    const { arn } = kms.createKey({ usage: 'GENERATE_VERIFY_MAC' });
    expect((await failureOf(encrypt({ KeyId: arn }))).name).toBe('InvalidKeyUsageException');
    expect((await failureOf(encrypt({ EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' }))).name).toBe(
      'InvalidKeyUsageException',
    );
  });
});

describe('DryRun', () => {
  it('answers DryRunOperationException where it would succeed, and what is wrong where not', async () => {
    const { CiphertextBlob } = await encrypt();
    const dryRun = { KeyId: key.arn, DryRun: true };
    const rightsOnly: DecryptCommandInput = { ...dryRun, DryRunModifiers: ['IGNORE_CIPHERTEXT'] };
    for (const work of [
      () => encrypt(dryRun),
      () => decrypt({ ...dryRun, CiphertextBlob }),
      () => decrypt(rightsOnly),
    ]) {
      expect(await failureOf(work())).toMatchObject({ name: 'DryRunOperationException', status: 412 });
    }
    expect((await failureOf(decrypt({ ...dryRun, CiphertextBlob: randomBytes(200) }))).name).toBe(
      'InvalidCiphertextException',
    );
    expect(
      (
        await failureOf(
          decrypt({ ...dryRun, KeyId: undefined, ...{ DryRunModifiers: ['IGNORE_CIPHERTEXT'] } }),
        )
      ).name,
    ).toBe('ValidationException');
    kms.deny('Decrypt', key);
    expect((await failureOf(decrypt(rightsOnly))).name).toBe('AccessDeniedException');
    await encrypt();
    kms.allow('Decrypt');
    await decrypt({ CiphertextBlob });
  });
});

describe('input that the service refuses', () => {
  it.each<[string, Partial<EncryptCommandInput>]>([
    ['plaintext', { Plaintext: Buffer.alloc(0) }],
    ['plaintext', { Plaintext: Buffer.alloc(4097) }],
    ['encryptionContext', { EncryptionContext: { a: 'x'.repeat(8192) } }],
    ['encryptionContext', { EncryptionContext: { '': 'x' } }],
    ['grantTokens', { GrantTokens: Array<string>(11).fill('grant-1') }],
    ['encryptionAlgorithm', { EncryptionAlgorithm: 'AES' as never }],
    ['plaintext', { Plaintext: undefined }],
  ])('is a ValidationException that names %s', async (field, input) => {
    const { name, message } = await failureOf(encrypt(input));
    expect(name).toBe('ValidationException');
    expect(message).toContain(field);
  });

  it('can be a grant token or an operation', async () => {
    expect((await failureOf(encrypt({ GrantTokens: ['stolen'] }))).name).toBe('InvalidGrantTokenException');
    await encrypt({ Plaintext: Buffer.alloc(4096), GrantTokens: ['grant-1'] });
    expect(
      (await failureOf(client.send(new GenerateDataKeyCommand({ KeyId: key.arn, KeySpec: 'AES_256' })))).name,
    ).toBe('UnknownOperationException');
  });
});

describe('what is scripted', () => {
  it('are errors with their statuses, for the next requests', async () => {
    kms.next({ error: 'ThrottlingException', message: 'Rate exceeded' }, 2);
    kms.next({ error: 'KMSInternalException' });
    kms.next({ error: 'DependencyTimeoutException' });
    const failures = [];
    for (let count = 0; count < 4; count++) failures.push(await failureOf(encrypt()));
    expect(failures.map(({ name, status }) => [name, status])).toEqual([
      ['ThrottlingException', 400],
      ['ThrottlingException', 400],
      ['KMSInternalException', 500],
      ['DependencyTimeoutException', 503],
    ]);
    await encrypt();
  });

  it('are a wait, a cut, a silence and another answer', async () => {
    kms.latencyMs = 60;
    const started = performance.now();
    await encrypt();
    expect(performance.now() - started).toBeGreaterThan(50);
    kms.latencyMs = 0;
    kms.next({ cut: true });
    await failureOf(encrypt());
    kms.next({ hang: true });
    const command = new EncryptCommand({ KeyId: key.arn, Plaintext: Buffer.from('plain') });
    expect((await failureOf(client.send(command, { abortSignal: AbortSignal.timeout(50) }))).name).toBe(
      'AbortError',
    );
    kms.next({ edit: (answer) => ({ ...answer, KeyId: 'arn:other' }) });
    expect((await encrypt()).KeyId).toBe('arn:other');
  });

  it('is forgotten on reset, and no request keeps a plaintext', async () => {
    kms.next({ error: 'KMSInternalException' }, 5);
    kms.deny('Encrypt');
    kms.reset();
    await encrypt({ EncryptionContext: { a: '1' } });
    expect(kms.requests).toMatchObject([
      { action: 'Encrypt', region: 'eu-west-1', keyId: key.arn, encryptionContext: { a: '1' } },
    ]);
    expect(JSON.stringify(kms.requests)).not.toContain(Buffer.from('plain').toString('base64'));
  });
});
