import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { KeyManagementServiceClient } from '@google-cloud/kms';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { startGcpKmsDouble, type GcpKmsDouble, type GcpKmsDoubleKey } from '../src';

let kms: GcpKmsDouble;
let client: KeyManagementServiceClient;
let key: GcpKmsDoubleKey;

type Sdk = KeyManagementServiceClient;
type EncryptRequest = NonNullable<Parameters<Sdk['encrypt']>[0]>;
/** Answers of the SDK have `undefined` where its requests must not. */
type DecryptRequest = { [Field in keyof NonNullable<Parameters<Sdk['decrypt']>[0]>]?: unknown };
const CALL = { timeout: 5000, retry: null };
const encrypt = async (request: EncryptRequest = {}) =>
  (await client.encrypt({ name: key.name, plaintext: Buffer.from('plain'), ...request }, CALL))[0];
const decrypt = async (request: DecryptRequest) =>
  (await client.decrypt({ name: key.name, ...request } as EncryptRequest, CALL))[0];

/** gRPC status, message, and details of what `work` rejects with. */
async function failureOf(work: Promise<unknown>): Promise<{
  code: unknown;
  details: string;
  reason?: unknown;
  statusDetails?: { violations?: readonly { type: string }[] }[];
}> {
  try {
    await work;
  } catch (error) {
    return error as never;
  }
  throw new Error('It should have failed.');
}

beforeAll(async () => {
  kms = await startGcpKmsDouble();
  client = new KeyManagementServiceClient(await kms.clientOptions());
});
beforeEach(() => {
  kms.reset();
  key = kms.createKey();
});
afterAll(async () => {
  await client.close();
  await kms.close();
});

describe('Encrypt and Decrypt', () => {
  it('open what was sealed, with its AAD, and tell the version and its protection', async () => {
    const aad = Buffer.from('aad');
    const sealed = await encrypt({ additionalAuthenticatedData: aad });
    expect(sealed).toMatchObject({ name: `${key.name}/cryptoKeyVersions/1`, protectionLevel: 'SOFTWARE' });
    const opened = await decrypt({ ciphertext: sealed.ciphertext, additionalAuthenticatedData: aad });
    expect(Buffer.from(opened.plaintext as Uint8Array).toString()).toBe('plain');
    expect(opened).toMatchObject({ usedPrimary: true, protectionLevel: 'SOFTWARE' });
  });

  it('refuse another AAD, every changed byte and every truncation', async () => {
    const aad = Buffer.from('aad');
    const ciphertext = Buffer.from(
      (await encrypt({ additionalAuthenticatedData: aad })).ciphertext as Uint8Array,
    );
    const wrong: DecryptRequest[] = [
      { ciphertext },
      { ciphertext, additionalAuthenticatedData: Buffer.from('b') },
    ];
    for (let at = 0; at < ciphertext.length; at++) {
      const changed = Buffer.from(ciphertext);
      changed[at] = (changed[at] ?? 0) ^ 1;
      for (const bad of [changed, ciphertext.subarray(0, at)]) {
        wrong.push({ ciphertext: bad, additionalAuthenticatedData: aad });
      }
    }
    const failures = await Promise.all(wrong.map((request) => failureOf(decrypt(request))));
    for (const { code, details } of failures) {
      expect([code, details]).toEqual([3, expect.stringMatching(/^Decryption failed: /)]);
    }
  });

  it('refuse the ciphertext of another key', async () => {
    const { ciphertext } = await encrypt();
    expect(await failureOf(decrypt({ ciphertext, name: kms.createKey().name }))).toMatchObject({
      code: 3,
      details: "Decryption failed: verify that 'name' refers to the correct CryptoKey.",
    });
  });

  it('use the primary version, or the one that is named, and open all', async () => {
    const first = await encrypt();
    const newer = key.rotate();
    const [second, named] = [await encrypt(), await encrypt({ name: `${key.name}/cryptoKeyVersions/1` })];
    expect([first, second, named].map(({ name }) => name)).toEqual([
      `${key.name}/cryptoKeyVersions/1`,
      newer.name,
      `${key.name}/cryptoKeyVersions/1`,
    ]);
    const opened = await Promise.all([first, second, named].map(({ ciphertext }) => decrypt({ ciphertext })));
    expect(opened.map(({ usedPrimary }) => usedPrimary)).toEqual([false, true, false]);
    expect(await failureOf(decrypt({ name: newer.name, ciphertext: second.ciphertext }))).toMatchObject({
      code: 3,
    });
  });

  it('take 64 KiB, and in an HSM 8 KiB with the AAD', async () => {
    await encrypt({ plaintext: Buffer.alloc(65536), additionalAuthenticatedData: Buffer.alloc(65536) });
    expect(await failureOf(encrypt({ plaintext: Buffer.alloc(65537) }))).toMatchObject({ code: 3 });
    const { name } = kms.createKey({ protectionLevel: 'HSM' });
    const [plaintext, aad] = [Buffer.alloc(8000), Buffer.alloc(192)];
    const sealed = await encrypt({ name, plaintext, additionalAuthenticatedData: aad });
    expect(sealed.protectionLevel).toBe('HSM');
    expect(
      await failureOf(encrypt({ name, plaintext, additionalAuthenticatedData: Buffer.alloc(193) })),
    ).toMatchObject({ code: 3 });
  });
});

describe('checksums', () => {
  // CRC32C of "123456789" (RFC 3720), by neither implementation that is tested here.
  const CHECK = { data: Buffer.from('123456789'), value: String(0xe3069283) };

  it('of a request are verified, and it is told which were there', async () => {
    expect(await encrypt({ plaintext: CHECK.data })).toMatchObject({
      verifiedPlaintextCrc32c: false,
      verifiedAdditionalAuthenticatedDataCrc32c: false,
    });
    const sealed = await encrypt({
      plaintext: CHECK.data,
      plaintextCrc32c: { value: CHECK.value },
      additionalAuthenticatedData: CHECK.data,
      additionalAuthenticatedDataCrc32c: { value: CHECK.value },
    });
    expect(sealed).toMatchObject({
      verifiedPlaintextCrc32c: true,
      verifiedAdditionalAuthenticatedDataCrc32c: true,
    });
    const opened = await decrypt({
      ciphertext: sealed.ciphertext,
      ciphertextCrc32c: sealed.ciphertextCrc32c,
      additionalAuthenticatedData: CHECK.data,
      additionalAuthenticatedDataCrc32c: { value: CHECK.value },
    });
    expect(opened.plaintextCrc32c).toEqual({ value: CHECK.value });
  });

  it('that are wrong are refused, by field', async () => {
    const { ciphertext } = await encrypt();
    const wrong = { value: '1' };
    const failures = await Promise.all([
      failureOf(encrypt({ plaintextCrc32c: wrong })),
      failureOf(encrypt({ additionalAuthenticatedDataCrc32c: wrong })),
      failureOf(decrypt({ ciphertext, ciphertextCrc32c: wrong })),
      failureOf(decrypt({ ciphertext, additionalAuthenticatedDataCrc32c: wrong })),
    ]);
    expect(failures.map(({ code, details }) => [code, details.split(' ')[4]])).toEqual([
      [3, 'plaintext_crc32c'],
      [3, 'additional_authenticated_data_crc32c'],
      [3, 'ciphertext_crc32c'],
      [3, 'additional_authenticated_data_crc32c'],
    ]);
  });
});

describe('a key', () => {
  it.each(['PENDING_GENERATION', 'DISABLED', 'DESTROY_SCHEDULED', 'DESTROYED'] as const)(
    'whose version is %s answers FAILED_PRECONDITION, and can be got',
    async (state) => {
      const { ciphertext } = await encrypt();
      key.primary.state = state;
      for (const work of [encrypt(), decrypt({ ciphertext })]) {
        const failure = await failureOf(work);
        expect(failure).toMatchObject({
          code: 9,
          details: `${key.primary.name} is not enabled, current state is: ${state}.`,
        });
        expect(failure.statusDetails?.[0]?.violations?.[0]?.type).toBe(`KEY_${state}`);
      }
      const [got] = await client.getCryptoKey({ name: key.name });
      expect(got).toMatchObject({ name: key.name, purpose: 'ENCRYPT_DECRYPT', primary: { state } });
      const [version] = await client.getCryptoKeyVersion({ name: key.primary.name });
      expect(version).toMatchObject({
        name: key.primary.name,
        state,
        algorithm: 'GOOGLE_SYMMETRIC_ENCRYPTION',
      });
    },
  );

  it('changes as the service changes it', async () => {
    const [older, newer] = [key.primary, key.rotate()];
    key.disable();
    expect([older.state, newer.state]).toEqual(['DISABLED', 'DISABLED']);
    key.enable();
    key.scheduleDestruction();
    expect(older.state).toBe('DESTROY_SCHEDULED');
    older.restore();
    expect(older.state).toBe('DISABLED');
    older.enable();
    newer.destroy();
    expect(await failureOf(encrypt())).toMatchObject({ code: 9 });
    key.primary = older;
    await encrypt();
    expect(() => {
      key.primary = kms.createKey().primary;
    }).toThrow('not of this key');
  });

  it('for another purpose answers FAILED_PRECONDITION', async () => {
    const { name } = kms.createKey({ purpose: 'ASYMMETRIC_SIGN' });
    expect(await failureOf(encrypt({ name }))).toMatchObject({ code: 9 });
    expect(await failureOf(decrypt({ name, ciphertext: Buffer.alloc(100) }))).toMatchObject({ code: 9 });
    expect((await client.getCryptoKey({ name }))[0]).toMatchObject({
      primary: null,
      purpose: 'ASYMMETRIC_SIGN',
    });
  });

  it.each([
    ['projects/p/locations/l/keyRings/r/cryptoKeys/none', 5],
    ['key-1', 3],
    ['', 3],
  ])('is not found as %s', async (name, code) => {
    expect(await failureOf(encrypt({ name }))).toMatchObject({ code });
  });

  it('is named once, and a version that is not there is not found', async () => {
    expect(() => kms.createKey({ name: key.name.split('/').at(-1) ?? '' })).toThrow('already');
    expect(await failureOf(encrypt({ name: `${key.name}/cryptoKeyVersions/9` }))).toMatchObject({ code: 5 });
  });
});

describe('rights', () => {
  it('that are denied are named, until they are allowed', async () => {
    const { ciphertext } = await encrypt();
    kms.deny('cloudkms.cryptoKeyVersions.useToDecrypt', key);
    expect(await failureOf(decrypt({ ciphertext }))).toMatchObject({
      code: 7,
      details: `Permission 'cloudkms.cryptoKeyVersions.useToDecrypt' denied on resource '${key.name}' (or it may not exist).`,
      reason: 'IAM_PERMISSION_DENIED',
    });
    await encrypt({ name: kms.createKey().name });
    const permissions = ['useToEncrypt', 'useToDecrypt'].map((use) => `cloudkms.cryptoKeyVersions.${use}`);
    const test = async (resource: string): Promise<unknown> =>
      (await client.testIamPermissions({ resource, permissions } as never))[0].permissions;
    expect(await test(key.name)).toEqual(permissions.slice(0, 1));
    expect(await test(kms.keyName('none'))).toEqual([]);
    kms.allow('cloudkms.cryptoKeyVersions.useToDecrypt');
    expect(await test(key.name)).toEqual(permissions);
    await decrypt({ ciphertext });
  });

  it('to other methods there are none', async () => {
    expect(await failureOf(client.listKeyRings({ parent: 'projects/p/locations/l' }))).toMatchObject({
      code: 12,
    });
  });
});

describe('what is scripted', () => {
  it('are statuses, for the next requests', async () => {
    kms.next({ error: 'RESOURCE_EXHAUSTED', message: 'Quota exceeded.', reason: 'RATE_LIMIT_EXCEEDED' }, 2);
    kms.next({ error: 'INTERNAL' });
    const failures = [];
    for (let count = 0; count < 3; count++) failures.push(await failureOf(encrypt()));
    expect(failures.map(({ code, reason }) => [code, reason])).toEqual([
      [8, 'RATE_LIMIT_EXCEEDED'],
      [8, 'RATE_LIMIT_EXCEEDED'],
      [13, undefined],
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
    expect(await failureOf(encrypt())).toMatchObject({ code: 14 });
    await encrypt();
    kms.next({ hang: true });
    const hung = client.encrypt(
      { name: key.name, plaintext: Buffer.from('x') },
      { timeout: 100, retry: null },
    );
    expect(await failureOf(hung)).toMatchObject({ code: 4 });
    await delay(20);
    expect(kms.requests.map(({ cancelled }) => cancelled)).toEqual([false, false, false, true]);
    kms.next({ edit: (answer) => ({ ...answer, name: 'other' }) });
    expect((await encrypt()).name).toBe('other');
    kms.next({ bytes: Buffer.from([0x0f]) });
    expect(await failureOf(encrypt())).toMatchObject({ code: 13 });
  });

  it('is forgotten on reset, and no request keeps a plaintext or a ciphertext', async () => {
    kms.next({ error: 'INTERNAL' }, 5);
    kms.deny('cloudkms.cryptoKeyVersions.useToEncrypt');
    kms.reset();
    const plaintext = randomBytes(32);
    const { ciphertext } = await encrypt({ plaintext, additionalAuthenticatedData: Buffer.from('aad') });
    await decrypt({ ciphertext, additionalAuthenticatedData: Buffer.from('aad') });
    expect(kms.requests).toMatchObject([
      { method: 'Encrypt', name: key.name, additionalAuthenticatedData: Uint8Array.from(Buffer.from('aad')) },
      { method: 'Decrypt', name: key.name, checksums: [] },
    ]);
    const kept = JSON.stringify(kms.requests);
    for (const secret of [plaintext, Buffer.from(ciphertext as Uint8Array)]) {
      for (const form of [secret.toString('base64'), secret.toString('hex'), [...secret].join()]) {
        expect(kept).not.toContain(form);
      }
    }
  });
});
