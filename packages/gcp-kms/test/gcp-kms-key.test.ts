import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';
import { withLimits } from '@waxseal/conformance';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import { GcpKmsKey, type GcpKmsClient } from '../src';
import { crc32c } from '../src/exchange';
import { kmsUnderTest } from './support/kms-under-test';

const AAD = Buffer.from('waxseal/v1/data-key');
const VERSIONS = '/cryptoKeyVersions/';
const under = kmsUnderTest();
const once = { maxAttempts: 1 };

describe('GcpKmsKey asks', () => {
  it('with the members of its README: the key, the AAD, and every checksum', async () => {
    const { kms, client } = under();
    const { name } = kms.createKey();
    const key = new GcpKmsKey({ client, keyName: name });
    await key.unwrap(await key.wrap(randomBytes(32), AAD), AAD);
    const asked = { name, additionalAuthenticatedData: Uint8Array.from(AAD) };
    expect(kms.requests).toMatchObject([
      { method: 'Encrypt', ...asked, checksums: ['plaintextCrc32c', 'additionalAuthenticatedDataCrc32c'] },
      { method: 'Decrypt', ...asked, checksums: ['ciphertextCrc32c', 'additionalAuthenticatedDataCrc32c'] },
    ]);
  });

  it('for the configured key, whatever version a payload names', async () => {
    const { kms, client } = under();
    const { name } = kms.createKey();
    const key = new GcpKmsKey({ client, keyName: name, id: 'orders' });
    const { bytes } = await key.wrap(randomBytes(32), AAD);
    kms.requests.length = 0;
    for (const keyId of [`orders${VERSIONS}9`, `${name}${VERSIONS}9`])
      await key.unwrap({ keyId, bytes }, AAD);
    expect(kms.requests.map((request) => request.name)).toEqual([name, name]);
  });

  it('nothing about a wrapped key that no key of KMS can have made', async () => {
    const { kms, client } = under();
    const { name } = kms.createKey();
    const key = new GcpKmsKey({ client, keyName: name });
    for (const length of [0, 4097]) {
      const wrapped = { keyId: `${name}${VERSIONS}1`, bytes: new Uint8Array(length) };
      expect(await rejectionOf(() => key.unwrap(wrapped, AAD))).toMatchObject({
        reason: 'rejected-ciphertext',
      });
    }
    expect(kms.requests).toHaveLength(0);
  });

  it.each(['UNAVAILABLE', 'DEADLINE_EXCEEDED'] as const)(
    'no more than its own attempts where the SDK would retry (%s)',
    async (error) => {
      const { kms, client } = under();
      const { name } = kms.createKey();
      const key = withLimits(new GcpKmsKey({ client, keyName: name }), { maxAttempts: 2 });
      const wrapped = await key.wrap(randomBytes(32), AAD);
      const asks = [
        () => key.wrap(randomBytes(32), AAD),
        () => key.unwrap(wrapped, AAD),
        () => key.describe(),
        () => key.checkPermissions(AAD),
      ];
      for (const ask of asks) {
        kms.reset();
        kms.next({ error }, 10);
        await rejectionOf(ask);
        expect(kms.requests).toHaveLength(2);
      }
    },
  );

  it('with its own deadline instead of the client’s, and gives up then', async () => {
    const { kms, client } = under();
    const request = { attemptTimeoutMs: 200, totalTimeoutMs: 3000, maxAttempts: 2 };
    const key = withLimits(new GcpKmsKey({ client, keyName: kms.createKey().name }), request);
    kms.next({ hang: true }, 2);
    const started = performance.now();
    expect(await rejectionOf(() => key.wrap(randomBytes(32), AAD))).toMatchObject({ reason: 'timeout' });
    expect(performance.now() - started).toBeLessThan(1500);
    expect(kms.requests).toHaveLength(2);
    for (const { deadlineMs } of kms.requests) expect(deadlineMs).toBeLessThanOrEqual(200);
  });

  it('and ends the call at the service when its caller gives up', async () => {
    const { kms, client } = under();
    const request = { attemptTimeoutMs: 30_000, totalTimeoutMs: 30_000 };
    const key = withLimits(new GcpKmsKey({ client, keyName: kms.createKey().name }), request);
    await key.wrap(randomBytes(32), AAD);
    kms.next({ hang: true });
    const controller = new AbortController();
    const refused = rejectionOf(() => key.wrap(randomBytes(32), AAD, { signal: controller.signal }));
    while (kms.requests.length < 2) await delay(5);
    controller.abort();
    expect(await refused).toMatchObject({ reason: 'unavailable' });
    for (let waited = 0; waited < 2000 && kms.requests[1]?.cancelled !== true; waited += 10) await delay(10);
    expect(kms.requests.map(({ cancelled }) => cancelled)).toEqual([false, true]);
  });

  it('and leaves the deadline and the retries of the application’s own calls alone', async () => {
    const { kms, client } = under();
    const { name } = kms.createKey();
    await withLimits(new GcpKmsKey({ client, keyName: name }), { attemptTimeoutMs: 200 }).wrap(
      randomBytes(32),
      AAD,
    );
    kms.reset();
    kms.next({ error: 'UNAVAILABLE' });
    await client.encrypt({ name, plaintext: Buffer.from('x') });
    expect(kms.requests).toHaveLength(2);
    expect(kms.requests[0]?.deadlineMs).toBeGreaterThan(30_000);
  });
});

describe('GcpKmsKey gives out', () => {
  it('fresh buffers of its own, and leaves none of the plaintext in the SDK’s', async () => {
    const { kms, client } = under();
    const plaintexts: Uint8Array[] = [];
    const watched = Object.create(client) as GcpKmsClient;
    watched.decrypt = async (request, options) => {
      const answer = await (client as GcpKmsClient).decrypt(request, options);
      plaintexts.push(answer[0].plaintext as Uint8Array);
      return answer;
    };
    const key = withLimits(new GcpKmsKey({ client: watched, keyName: kms.createKey().name }), once);
    const dataKey = randomBytes(32);
    const wrapped = await key.wrap(dataKey, AAD);
    const opened = await key.unwrap(wrapped, AAD);
    expect(Buffer.from(opened).equals(dataKey)).toBe(true);
    expect([opened.buffer.byteLength, wrapped.bytes.buffer.byteLength]).toEqual([32, wrapped.bytes.length]);
    kms.next({ edit: (answer) => ({ ...answer, plaintextCrc32c: null }) });
    await rejectionOf(() => key.unwrap(wrapped, AAD));
    expect(
      plaintexts.map((plaintext) => plaintext.length === 32 && plaintext.every((byte) => byte === 0)),
    ).toEqual([true, true]);
  });

  it('key IDs only, when it is shown', () => {
    const { kms, client } = under();
    const keyName = kms.keyName('shown');
    const key = new GcpKmsKey({ client, keyName, id: 'orders' });
    expect(JSON.parse(JSON.stringify(key))).toEqual({ id: 'orders', keyName });
    expect(inspect(key, { depth: 9, showHidden: true }).replace(/\s+/g, ' ')).toBe(
      `GcpKmsKey { id: 'orders', keyName: '${keyName}' }`,
    );
  });
});

describe('GcpKmsKey asks again, and never uses, an answer', () => {
  const DAMAGE: readonly (readonly [
    string,
    'wrap' | 'unwrap',
    (answer: Record<string, unknown>) => unknown,
  ])[] = [
    ['whose ciphertext does not fit', 'wrap', (answer) => ({ ...answer, ciphertextCrc32c: { value: '1' } })],
    ['without a ciphertext checksum', 'wrap', (answer) => ({ ...answer, ciphertextCrc32c: null })],
    ['with a changed ciphertext', 'wrap', (answer) => ({ ...answer, ciphertext: Buffer.from('changed') })],
    ['that verified no plaintext', 'wrap', (answer) => ({ ...answer, verifiedPlaintextCrc32c: false })],
    [
      'that verified no AAD',
      'wrap',
      (answer) => ({ ...answer, verifiedAdditionalAuthenticatedDataCrc32c: false }),
    ],
    ['whose plaintext does not fit', 'unwrap', (answer) => ({ ...answer, plaintextCrc32c: { value: '1' } })],
    ['without a plaintext checksum', 'unwrap', (answer) => ({ ...answer, plaintextCrc32c: null })],
    ['with a changed plaintext', 'unwrap', (answer) => ({ ...answer, plaintext: Buffer.alloc(32) })],
  ];

  it.each(DAMAGE)('%s', async (_what, operation, edit) => {
    const { kms, client } = under();
    const key = new GcpKmsKey({ client, keyName: kms.createKey().name });
    const dataKey = randomBytes(32);
    const wrapped = await key.wrap(dataKey, AAD);
    const ask = async (): Promise<Uint8Array> =>
      operation === 'wrap' ? key.unwrap(await key.wrap(dataKey, AAD), AAD) : key.unwrap(wrapped, AAD);
    kms.reset();
    kms.next({ edit }, 2);
    expect(dataKey.equals(await ask())).toBe(true);
    expect(kms.requests).toHaveLength(operation === 'wrap' ? 4 : 3);
    kms.reset();
    kms.next({ edit }, 10);
    expect(await rejectionOf(ask)).toMatchObject({
      reason: 'unavailable',
      retryable: true,
      cause: { name: 'KeyServiceAnswerError' },
    });
    expect(kms.requests).toHaveLength(3);
  });

  it('after its request was damaged on the way', async () => {
    const { kms, client } = under();
    const damaging = Object.create(client) as GcpKmsClient;
    let damaged = 0;
    damaging.encrypt = (request, options) =>
      (client as GcpKmsClient).encrypt(
        damaged++ === 0 ? { ...request, plaintext: randomBytes(32) } : request,
        options,
      );
    damaging.decrypt = (request, options) =>
      (client as GcpKmsClient).decrypt(
        damaged++ === 2 ? { ...request, additionalAuthenticatedData: randomBytes(8) } : request,
        options,
      );
    const key = new GcpKmsKey({ client: damaging, keyName: kms.createKey().name });
    const dataKey = randomBytes(32);
    expect(dataKey.equals(await key.unwrap(await key.wrap(dataKey, AAD), AAD))).toBe(true);
    expect(kms.requests.map(({ method }) => method)).toEqual(['Encrypt', 'Encrypt', 'Decrypt', 'Decrypt']);
  });
});

describe('GcpKmsKey refuses an answer', () => {
  it('for another key', async () => {
    const { kms, client } = under();
    const [mine, other] = [kms.createKey(), kms.createKey()];
    const key = withLimits(new GcpKmsKey({ client, keyName: mine.name }), once);
    for (const name of [other.primary.name, mine.name, `${mine.name}${VERSIONS}x`, '', 'x']) {
      kms.next({ edit: (answer) => ({ ...answer, name }) });
      expect(await rejectionOf(() => key.wrap(randomBytes(32), AAD))).toMatchObject({ reason: 'unknown' });
    }
  });

  it('that holds no data key or no ciphertext of a right length', async () => {
    const { kms, client } = under();
    const { name } = kms.createKey();
    const key = withLimits(new GcpKmsKey({ client, keyName: name }), once);
    for (const length of [0, 31, 33]) {
      const [{ ciphertext }] = await client.encrypt({
        name,
        plaintext: Buffer.alloc(length),
        additionalAuthenticatedData: AAD,
      });
      const wrapped = { keyId: `${name}${VERSIONS}1`, bytes: ciphertext as Uint8Array };
      expect(await rejectionOf(() => key.unwrap(wrapped, AAD))).toMatchObject({
        reason: 'rejected-ciphertext',
      });
    }
    for (const length of [0, 4097]) {
      const ciphertext = Buffer.alloc(length);
      const value = String(crc32c(ciphertext));
      kms.next({ edit: (answer) => ({ ...answer, ciphertext, ciphertextCrc32c: { value } }) });
      expect(await rejectionOf(() => key.wrap(randomBytes(32), AAD))).toMatchObject({
        reason: 'unknown',
        cause: { message: `Encrypt answered a ciphertext of ${String(length)} bytes.` },
      });
    }
  });
});

describe('versions:', () => {
  it('the one that wrapped is recorded, under the key’s name or its own', async () => {
    const { kms, client } = under();
    const managed = kms.createKey();
    const dataKey = randomBytes(32);
    const first = await new GcpKmsKey({ client, keyName: managed.name }).wrap(dataKey, AAD);
    managed.rotate();
    const key = new GcpKmsKey({ client, keyName: managed.name, id: 'orders' });
    const second = await key.wrap(dataKey, AAD);
    expect([first.keyId, second.keyId]).toEqual([`${managed.name}${VERSIONS}1`, `orders${VERSIONS}2`]);
    for (const wrapped of [first, second]) expect(dataKey.equals(await key.unwrap(wrapped, AAD))).toBe(true);
  });

  it('the one that answered is recorded, not the one that is primary by now', async () => {
    const { kms, client } = under();
    const managed = kms.createKey();
    const old = managed.primary;
    managed.rotate();
    // A change of the primary version reaches the service's machines one after the other.
    managed.primary = old;
    const key = new GcpKmsKey({ client, keyName: managed.name });
    expect((await key.wrap(randomBytes(32), AAD)).keyId).toBe(old.name);
  });

  it.each(['DISABLED', 'DESTROY_SCHEDULED', 'DESTROYED', 'PENDING_GENERATION'] as const)(
    'an old one that is %s no longer opens what it wrapped; the others do',
    async (state) => {
      const { kms, client } = under();
      const managed = kms.createKey();
      const key = new GcpKmsKey({ client, keyName: managed.name });
      const dataKey = randomBytes(32);
      const before = await key.wrap(dataKey, AAD);
      const old = managed.primary;
      managed.rotate();
      const after = await key.wrap(dataKey, AAD);
      old.state = state;
      const error = await rejectionOf(() => key.unwrap(before, AAD));
      expect(error).toMatchObject({ reason: 'disabled', retryable: false, keyId: before.keyId });
      expect((error.cause as Error).message).toContain(`is not enabled, current state is: ${state}`);
      expect(dataKey.equals(await key.unwrap(after, AAD))).toBe(true);
    },
  );

  it('a payload whose version was changed does not open, though Decrypt does not tell the version', async () => {
    const { kms, client } = under();
    const managed = kms.createKey();
    const keyring = new Keyring({ primary: new GcpKmsKey({ client, keyName: managed.name }) });
    const codec = new EnvelopeCodec({ keyring });
    const payload = jsonPayload('order');
    const [sealed] = await codec.encode([payload]);
    const keyId = Buffer.from(sealed?.metadata?.['encryption-key-id'] ?? []).toString();
    expect(keyId).toBe(`${managed.name}${VERSIONS}1`);
    managed.rotate();
    const [opened] = await codec.decode([sealed ?? {}]);
    expect(Buffer.from(opened?.data ?? []).toString()).toBe('"order"');
    const renamed = {
      ...sealed,
      metadata: {
        ...sealed?.metadata,
        'encryption-key-id': Buffer.from(keyId.replace(/1$/, '2')),
      },
    };
    expect(await rejectionOf(() => codec.decode([renamed]))).toMatchObject({
      code: 'WAXSEAL_DECRYPTION_FAILED',
    });
    codec.close();
  });
});

describe('describe', () => {
  it('tells the state of the primary version, the algorithm and the rotation', async () => {
    const { kms, client } = under();
    const managed = kms.createKey({ protectionLevel: 'HSM', rotationPeriodSeconds: 7_776_000 });
    managed.rotate();
    const key = new GcpKmsKey({ client, keyName: managed.name });
    const nextRotationTime = new Date(
      Math.floor(managed.primary.createdAt.getTime() / 1000 + 7_776_000) * 1000,
    ).toISOString();
    expect(await key.describe()).toEqual({
      service: 'Google Cloud KMS',
      name: managed.name,
      state: 'ENABLED',
      isUsable: true,
      version: '2',
      details: {
        purpose: 'ENCRYPT_DECRYPT',
        algorithm: 'GOOGLE_SYMMETRIC_ENCRYPTION',
        protectionLevel: 'HSM',
        rotationPeriod: '7776000s',
        nextRotationTime,
      },
    });
    managed.primary.disable();
    expect(await key.describe()).toMatchObject({ state: 'DISABLED', isUsable: false });
    expect(kms.requests.map(({ method }) => method)).toEqual(['GetCryptoKey', 'GetCryptoKey']);
  });

  it('tells of a key for another purpose that it is not usable', async () => {
    const { kms, client } = under();
    const { name } = kms.createKey({ purpose: 'MAC' });
    expect(await new GcpKmsKey({ client, keyName: name }).describe()).toEqual({
      service: 'Google Cloud KMS',
      name,
      state: 'no primary version',
      isUsable: false,
      version: undefined,
      details: { purpose: 'MAC' },
    });
  });

  it('says what it lacks', async () => {
    const { kms, client } = under();
    const key = new GcpKmsKey({ client, keyName: kms.createKey().name });
    kms.deny('cloudkms.cryptoKeys.get');
    const error = await rejectionOf(() => key.describe());
    expect(error).toMatchObject({ reason: 'denied' });
    expect((error.cause as Error).message).toContain('cloudkms.cryptoKeys.get');
  });
});

describe('checkPermissions', () => {
  it('tells who asks and what may be done, and encrypts and decrypts nothing', async () => {
    const { kms, client, options } = under();
    const managed = kms.createKey();
    const key = new GcpKmsKey({ client, keyName: managed.name });
    const caller = options.credentials.client_email;
    expect(await key.checkPermissions(AAD)).toEqual({
      caller,
      wrap: { allowed: true },
      unwrap: { allowed: true },
    });
    kms.deny('cloudkms.cryptoKeyVersions.useToEncrypt', managed);
    const permissions = await key.checkPermissions(AAD);
    expect(permissions).toMatchObject({
      caller,
      wrap: { allowed: false, error: { reason: 'denied', keyId: managed.name } },
      unwrap: { allowed: true },
    });
    expect(inspect(permissions, { depth: 9 })).toContain('lacks cloudkms.cryptoKeyVersions.useToEncrypt');
    expect(new Set(kms.requests.map(({ method }) => method))).toEqual(new Set(['TestIamPermissions']));
  });

  it('of a key that is not there says that nothing is allowed', async () => {
    const { kms, client } = under();
    const key = new GcpKmsKey({ client, keyName: kms.keyName('missing') });
    expect(await key.checkPermissions(AAD)).toMatchObject({
      wrap: { allowed: false },
      unwrap: { allowed: false },
    });
  });

  it('knows no caller where the credentials do not tell', async () => {
    const { kms, client } = under();
    const nameless = Object.create(client) as { auth: GcpKmsClient['auth'] } & GcpKmsClient;
    const { name } = kms.createKey();
    for (const getCredentials of [
      () => Promise.reject(new Error('none')),
      () => Promise.resolve({}),
      () => new Promise<never>(() => undefined),
    ]) {
      Object.defineProperty(nameless, 'auth', { value: { getCredentials }, configurable: true });
      const key = withLimits(new GcpKmsKey({ client: nameless, keyName: name }), { attemptTimeoutMs: 300 });
      expect(await key.checkPermissions(AAD)).toMatchObject({ caller: undefined, wrap: { allowed: true } });
    }
  });
});
