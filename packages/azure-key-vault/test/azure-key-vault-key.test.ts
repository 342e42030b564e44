import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

import { CryptographyClient } from '@azure/keyvault-keys';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { withLimits } from '@waxseal/conformance';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { startAzureKeyVaultDouble, type AzureKeyVaultDouble } from '@waxseal/testing';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import { AzureKeyVaultKey, type AzureTokenCredential } from '../src';
import { vaultUnderTest } from './support/vault-under-test';

const AAD = Buffer.from('waxseal/v1/data-key');
const OTHER_VERSION = '0123456789abcdef0123456789abcdef';
const under = vaultUnderTest();
const others: AzureKeyVaultDouble[] = [];

afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(others.splice(0).map((other) => other.close()));
});

describe('AzureKeyVaultKey asks', () => {
  it('to wrap with the current version, and to unwrap with the recorded one; it never asks for the key', async () => {
    const { vault, managed, key } = under();
    const wrapped = await key().wrap(randomBytes(32), AAD);
    await key().unwrap(wrapped, AAD);
    const asked = { keyName: 'orders', algorithm: 'RSA-OAEP-256', caller: vault.login.objectId };
    expect(vault.requests).toMatchObject([
      { operation: 'wrapKey', version: undefined, ...asked },
      { operation: 'unwrapKey', version: managed.current.version, ...asked },
    ]);
    expect(wrapped.keyId).toBe(managed.current.kid);
  });

  it('nothing about a wrapped key that no key can have made', async () => {
    const { vault, managed, key } = under();
    for (const length of [0, 40, 255, 257, 4097]) {
      const wrapped = { keyId: managed.current.kid, bytes: new Uint8Array(length) };
      expect(await rejectionOf(() => key().unwrap(wrapped, AAD))).toMatchObject({
        reason: 'rejected-ciphertext',
      });
    }
    expect(vault.challenges).toBe(0);
  });

  it('no other host, key or path, whatever a payload names', async () => {
    const { vault, managed, key } = under();
    const { version, kid } = managed.current;
    const { bytes } = await key().wrap(randomBytes(32), AAD);
    const [requests, challenges] = [vault.requests.length, vault.challenges];
    for (const keyId of [
      managed.url,
      `${managed.url}/`,
      `https://evil.example/keys/orders/${version}`,
      `${vault.url}/keys/other/${version}`,
      `${managed.url}x/${version}`,
      `${managed.url}/${version}/../../other/${version}`,
      `${managed.url}/../other/${version}`,
      `${managed.url}//${version}`,
      `${managed.url}/${version.slice(1)}`,
      `${managed.url}/${version}0`,
      `${managed.url}/${version.toUpperCase()}`,
      `${managed.url}/${'g'.repeat(32)}`,
      `${kid}/`,
      `${kid}?x`,
      `${kid}\n`,
      version,
    ]) {
      expect(key().owns(keyId)).toBe(false);
      expect(await rejectionOf(() => key().unwrap({ keyId, bytes }, AAD))).toMatchObject({
        reason: 'not-found',
      });
    }
    expect([vault.requests.length, vault.challenges]).toEqual([requests, challenges]);
  });

  it('about a version that is not there, and says not-found', async () => {
    const { managed, key } = under();
    const { bytes } = await key().wrap(randomBytes(32), AAD);
    const keyId = `${managed.url}/${OTHER_VERSION}`;
    expect(key().owns(keyId)).toBe(true);
    expect(await rejectionOf(() => key().unwrap({ keyId, bytes }, AAD))).toMatchObject({
      keyId,
      reason: 'not-found',
    });
  });

  it('no more than its own attempts: the SDK does not retry, nor wait as Retry-After says', async () => {
    const { vault, key } = under();
    vault.next({ error: 'Throttled', retryAfter: 30 }, 10);
    const started = performance.now();
    await rejectionOf(() => withLimits(key(), { maxAttempts: 2 }).wrap(randomBytes(32), AAD));
    expect(vault.requests).toHaveLength(2);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('as often as the SDK retries where clientOptions say so, within its own deadline', async () => {
    // Of its own: a retry can still be on its way when this test is over.
    const vault = await startAzureKeyVaultDouble();
    others.push(vault);
    const { url: keyId } = await vault.createKey({ name: 'orders' });
    const { credential } = vault;
    const clientOptions = { ...vault.clientOptions, retryOptions: { maxRetries: 4, retryDelayInMs: 10 } };
    const request = { attemptTimeoutMs: 200, totalTimeoutMs: 400 };
    const key = withLimits(new AzureKeyVaultKey({ credential, clientOptions, keyId }), request);
    vault.next({ error: 'InternalError' }, 1000);
    const started = performance.now();
    await rejectionOf(() => key.wrap(randomBytes(32), AAD));
    expect(vault.requests.length).toBeGreaterThan(2);
    expect(performance.now() - started).toBeLessThan(1500);
  });

  it('no address that a redirect names', async () => {
    const { vault, key } = under();
    vault.next({
      status: 307,
      body: '{}',
      headers: { Location: `${vault.url}/keys/other/wrapkey?api-version=7.6` },
    });
    await rejectionOf(() => withLimits(key(), { maxAttempts: 1 }).wrap(randomBytes(32), AAD));
    // A redirected request carries no token any more: it would be challenged.
    expect([vault.requests.map(({ keyName }) => keyName), vault.challenges]).toEqual([['orders'], 1]);
  });

  it('once alone, then at once: fifty first requests all carry their body', async () => {
    const { vault, key } = under();
    vault.latencyMs = 20;
    // A machine under load must not make it ask twice.
    const mine = withLimits(key(), { attemptTimeoutMs: 30_000, totalTimeoutMs: 30_000, maxAttempts: 1 });
    const dataKeys = Array.from({ length: 50 }, () => randomBytes(32));
    const wrapped = await Promise.all(dataKeys.map((dataKey) => mine.wrap(dataKey, AAD)));
    expect(new Set(wrapped.map(({ bytes }) => Buffer.from(bytes).toString('hex'))).size).toBe(50);
    expect([vault.requests.length, vault.challenges]).toEqual([50, 1]);
  });

  it('again after a first request that never ended', async () => {
    const { vault, key } = under();
    let asked = 0;
    const credential: AzureTokenCredential = {
      getToken: (scopes) =>
        asked++ === 0 ? new Promise(() => undefined) : vault.credential.getToken(scopes),
    };
    const mine = withLimits(key({ credential }), {
      attemptTimeoutMs: 200,
      totalTimeoutMs: 5_000,
      maxAttempts: 3,
    });
    await Promise.all([mine.wrap(randomBytes(32), AAD), mine.wrap(randomBytes(32), AAD)]);
  });
});

describe('AzureKeyVaultKey gives out', () => {
  it('fresh buffers of its own, and leaves none of the plaintext in the SDK’s', async () => {
    const { key } = under();
    const answers: Uint8Array[] = [];
    const unwrapKey = CryptographyClient.prototype.unwrapKey;
    jest.spyOn(CryptographyClient.prototype, 'unwrapKey').mockImplementation(async function (
      this: CryptographyClient,
      ...parameters: Parameters<typeof unwrapKey>
    ) {
      const answer = await unwrapKey.apply(this, parameters);
      answers.push(answer.result);
      return answer;
    });
    const dataKey = randomBytes(32);
    const wrapped = await key().wrap(dataKey, AAD);
    const opened = await key().unwrap(wrapped, AAD);
    expect(Buffer.from(opened).equals(dataKey)).toBe(true);
    expect([opened.buffer.byteLength, wrapped.bytes.buffer.byteLength]).toEqual([32, 256]);
    expect(answers.map((answer) => answer.every((byte) => byte === 0))).toEqual([true]);
  });

  it('key IDs only, when it is shown', () => {
    const { managed, key } = under();
    const shown = { id: managed.url, keyId: managed.url, algorithm: 'RSA-OAEP-256' };
    expect(JSON.parse(JSON.stringify(key()))).toEqual(shown);
    expect(inspect(key(), { depth: 9, showHidden: true })).toBe(`AzureKeyVaultKey ${inspect(shown)}`);
  });
});

describe('AzureKeyVaultKey refuses an answer', () => {
  it('of another key or version', async () => {
    const { vault, managed, key } = under();
    const mine = withLimits(key(), { maxAttempts: 1 });
    const wrapped = await mine.wrap(randomBytes(32), AAD);
    const { version } = managed.current;
    for (const kid of [
      `${vault.url}/keys/other/${version}`,
      `https://evil.example/keys/orders/${version}`,
      managed.url,
      undefined,
      7,
    ]) {
      vault.next({ edit: (answer) => ({ ...answer, kid }) }, 2);
      expect(await rejectionOf(() => mine.unwrap(wrapped, AAD))).toMatchObject({
        reason: 'rejected-ciphertext',
      });
      expect(await rejectionOf(() => mine.wrap(randomBytes(32), AAD))).toMatchObject({ reason: 'unknown' });
    }
    vault.next({ edit: (answer) => ({ ...answer, kid: `${managed.url}/${OTHER_VERSION}` }) }, 2);
    expect(await rejectionOf(() => mine.unwrap(wrapped, AAD))).toMatchObject({
      reason: 'rejected-ciphertext',
    });
    const pinned = withLimits(key({ keyId: managed.current.kid }), { maxAttempts: 1 });
    expect(await rejectionOf(() => pinned.wrap(randomBytes(32), AAD))).toMatchObject({ reason: 'unknown' });
  });

  it('that holds no data key or no wrapped key of a right length', async () => {
    const { vault, key } = under();
    const mine = withLimits(key(), { maxAttempts: 1 });
    const wrapped = await mine.wrap(randomBytes(32), AAD);
    for (const bytes of [undefined, Buffer.alloc(0), Buffer.alloc(31), Buffer.alloc(33)]) {
      vault.next({ edit: (answer) => ({ ...answer, value: bytes?.toString('base64url') }) });
      const error = await rejectionOf(() => mine.unwrap(wrapped, AAD));
      expect(['rejected-ciphertext', 'unknown']).toContain(error['reason']);
    }
    for (const bytes of [
      undefined,
      Buffer.alloc(0),
      Buffer.alloc(40),
      Buffer.alloc(257),
      Buffer.alloc(5000),
    ]) {
      vault.next({ edit: (answer) => ({ ...answer, value: bytes?.toString('base64url') }) });
      expect(await rejectionOf(() => mine.wrap(randomBytes(32), AAD))).toMatchObject({ reason: 'unknown' });
    }
  });
});

describe('after a rotation', () => {
  it('the same object records the new version at once, and opens both', async () => {
    const { vault, key } = under();
    const managed = await vault.createKey();
    const mine = key({ keyId: managed.url });
    const dataKey = randomBytes(32);
    const [older, before] = [managed.current, await mine.wrap(dataKey, AAD)];
    const newer = await managed.rotate();
    const after = await mine.wrap(dataKey, AAD);
    expect([before.keyId, after.keyId]).toEqual([older.kid, newer.kid]);
    for (const wrapped of [before, after]) expect(dataKey.equals(await mine.unwrap(wrapped, AAD))).toBe(true);
  });

  it('a pinned version wraps as before, and opens only its own', async () => {
    const { vault, key } = under();
    const managed = await vault.createKey();
    const older = managed.current;
    const pinned = key({ keyId: older.kid });
    const newer = await managed.rotate();
    const dataKey = randomBytes(32);
    const wrapped = await pinned.wrap(dataKey, AAD);
    expect([pinned.id, wrapped.keyId]).toEqual([older.kid, older.kid]);
    expect([older.kid, newer.kid, managed.url].map((keyId) => pinned.owns(keyId))).toEqual([
      true,
      false,
      false,
    ]);
    expect(dataKey.equals(await key({ keyId: managed.url }).unwrap(wrapped, AAD))).toBe(true);
    const recent = await key({ keyId: managed.url }).wrap(dataKey, AAD);
    expect(await rejectionOf(() => pinned.unwrap(recent, AAD))).toMatchObject({ reason: 'not-found' });
    expect(new Keyring({ primary: key({ keyId: newer.kid }), decryptOnly: [pinned] }).find(older.kid)).toBe(
      pinned,
    );
  });

  it('a disabled version is refused, and the others open', async () => {
    const { vault, key } = under();
    const managed = await vault.createKey();
    const mine = key({ keyId: managed.url });
    const dataKey = randomBytes(32);
    const old = await mine.wrap(dataKey, AAD);
    managed.current.enabled = false;
    expect(await rejectionOf(() => mine.wrap(dataKey, AAD))).toMatchObject({ reason: 'disabled' });
    await managed.rotate();
    const recent = await mine.wrap(dataKey, AAD);
    expect(await rejectionOf(() => mine.unwrap(old, AAD))).toMatchObject({ reason: 'disabled' });
    expect(dataKey.equals(await mine.unwrap(recent, AAD))).toBe(true);
  });

  it('an expired version still opens, and does not wrap', async () => {
    const { vault, key } = under();
    const managed = await vault.createKey();
    const dataKey = randomBytes(32);
    const wrapped = await key({ keyId: managed.url }).wrap(dataKey, AAD);
    managed.current.expiresOn = new Date(Date.now() - 1000);
    expect(await rejectionOf(() => key({ keyId: managed.url }).wrap(dataKey, AAD))).toMatchObject({
      reason: 'disabled',
    });
    expect(dataKey.equals(await key({ keyId: managed.url }).unwrap(wrapped, AAD))).toBe(true);
  });
});

describe('a name of its own', () => {
  it('is recorded with the version, and opens what was recorded by URL too', async () => {
    const { managed, key } = under();
    const dataKey = randomBytes(32);
    const byUrl = await key().wrap(dataKey, AAD);
    const named = key({ id: 'orders-key' });
    const byName = await named.wrap(dataKey, AAD);
    expect([named.id, byName.keyId]).toEqual(['orders-key', `orders-key/${managed.current.version}`]);
    for (const wrapped of [byUrl, byName])
      expect(dataKey.equals(await named.unwrap(wrapped, AAD))).toBe(true);
    expect(key().owns(byName.keyId)).toBe(false);
    expect(named.owns('orders-key')).toBe(false);
  });
});

describe('a payload', () => {
  it('opens after a rotation, with another object, and not in another namespace', async () => {
    const { vault, key } = under();
    const managed = await vault.createKey();
    const writer = new EnvelopeCodec({ keyring: new Keyring({ primary: key({ keyId: managed.url }) }) });
    const reader = new EnvelopeCodec({
      keyring: new Keyring({ decryptOnly: [key({ keyId: managed.url })] }),
    });
    const payload = jsonPayload('order');
    const context = { type: 'workflow', namespace: 'orders', workflowId: 'w' } as const;
    const encoded = await writer.encode([payload], context);
    await managed.rotate();
    const [opened] = await reader.decode(encoded, context);
    expect(Buffer.from(opened?.data ?? []).toString()).toBe('"order"');
    const elsewhere = { ...context, namespace: 'other' };
    expect(await rejectionOf(() => reader.decode(encoded, elsewhere))).toMatchObject({
      code: 'WAXSEAL_CONTEXT_MISMATCH',
    });
    writer.close();
    reader.close();
  });
});

describe('describe', () => {
  it('tells state, version, size, operations, dates and rotation', async () => {
    const { vault, key } = under();
    const managed = await vault.createKey();
    managed.rotateAfter = 'P90D';
    managed.current.expiresOn = new Date('2100-01-01T00:00:00Z');
    const described = await key({ keyId: managed.url }).describe();
    expect(described).toMatchObject({
      service: 'Azure Key Vault',
      name: managed.current.kid,
      state: 'Enabled',
      isUsable: true,
      version: managed.current.version,
      details: {
        keyType: 'RSA',
        bits: '2048',
        operations: 'encrypt decrypt sign verify wrapKey unwrapKey',
        expires: '2100-01-01T00:00:00.000Z',
        recoveryLevel: 'Recoverable+Purgeable',
        rotation: 'P90D after creation',
      },
    });
    managed.current.expiresOn = new Date(1000);
    expect(await key({ keyId: managed.url }).describe()).toMatchObject({ state: 'Expired', isUsable: false });
    managed.current.expiresOn = undefined;
    managed.current.notBefore = new Date('2100-01-01T00:00:00Z');
    expect(await key({ keyId: managed.url }).describe()).toMatchObject({
      state: 'NotYetValid',
      isUsable: false,
    });
    managed.disable();
    vault.deny('getRotationPolicy');
    expect(await key({ keyId: managed.current.kid }).describe()).toMatchObject({
      state: 'Disabled',
      isUsable: false,
      details: { rotation: 'unknown: the rotation policy may not be read', expires: 'never' },
    });
  });

  it('says that a key without the operations is not usable, and what right is missing', async () => {
    const { vault, key } = under();
    const managed = await vault.createKey({ keyOperations: ['sign', 'wrapKey'] });
    expect(await key({ keyId: managed.url }).describe()).toMatchObject({ state: 'Enabled', isUsable: false });
    vault.deny('getKey');
    expect(await rejectionOf(() => key().describe())).toMatchObject({ reason: 'denied' });
  });

  it('tells of versions over several pages, the newest first, and of a right that is missing', async () => {
    const vault = await startAzureKeyVaultDouble({ service: 'managed-hsm' });
    others.push(vault);
    const managed = await vault.createKey({ keyType: 'oct-HSM' });
    const { credential, clientOptions } = vault;
    const mine = new AzureKeyVaultKey({
      credential,
      clientOptions,
      keyId: managed.url,
      algorithm: 'A256KW',
    });
    for (let index = 0; index < 30; index++) {
      Object.assign(managed.current, { createdAt: new Date(Date.UTC(2026, 0, index + 1)) });
      await managed.rotate();
    }
    const { history } = await mine.describe({ history: true });
    expect(history).toMatchObject({
      createdAt: new Date('2026-01-01T00:00:00Z'),
      rotation: 'none',
      hasMoreVersions: false,
      untold: [],
    });
    expect(history?.versions?.map(({ version }) => version)).toEqual(
      managed.versions.map(({ version }) => version).reverse(),
    );
    expect(vault.requests.map(({ operation }) => operation)).toEqual([
      'getKey',
      'getRotationPolicy',
      'getKeyVersions',
      'getKeyVersions',
    ]);
    vault.deny('getKeyVersions');
    const without = await mine.describe({ history: true });
    expect(without.history?.untold).toEqual(['versions: denied, it needs the right to list keys']);
  });

  it('knows a key of a Managed HSM', async () => {
    const hsm = await startAzureKeyVaultDouble({ service: 'managed-hsm' });
    others.push(hsm);
    const managed = await hsm.createKey({ keyType: 'oct-HSM' });
    const { credential, clientOptions } = hsm;
    const key = new AzureKeyVaultKey({ credential, clientOptions, keyId: managed.url, algorithm: 'A256KW' });
    const { details } = await key.describe();
    expect(details).toMatchObject({ keyType: 'oct-HSM', operations: 'wrapKey unwrapKey', rotation: 'none' });
    const wrong = new AzureKeyVaultKey({ credential, clientOptions, keyId: managed.url });
    expect(await rejectionOf(() => wrong.wrap(randomBytes(32), AAD))).toMatchObject({ reason: 'not-found' });
  });
});

describe('checkPermissions', () => {
  it('tells the caller, also where the key may not be read, and wraps nothing', async () => {
    const { vault, key } = under();
    const { clientId, objectId, tenantId } = vault.login;
    const caller = `appid=${clientId}, oid=${objectId}, tid=${tenantId}`;
    const untold = { allowed: undefined, because: expect.stringContaining('no dry run') as unknown };
    expect(await key().checkPermissions(AAD)).toEqual({ caller, wrap: untold, unwrap: untold });
    vault.deny('getKey');
    expect(await key().checkPermissions(AAD)).toEqual({ caller, wrap: untold, unwrap: untold });
    expect(vault.requests.map(({ operation }) => operation)).toEqual(['getKey', 'getKey']);
  });

  it('names nobody where the token does not, and fails where the service cannot be asked', async () => {
    const { vault, key } = under();
    const opaque = {
      getToken: () => Promise.resolve({ token: 'opaque', expiresOnTimestamp: Date.now() + 60_000 }),
    };
    const request = { maxAttempts: 1 };
    const asOpaque = withLimits(key({ credential: opaque }), request);
    expect(await rejectionOf(() => asOpaque.checkPermissions(AAD))).toMatchObject({ reason: 'denied' });
    vault.next({ error: 'ServiceUnavailable' });
    expect(await rejectionOf(() => withLimits(key(), request).checkPermissions(AAD))).toMatchObject({
      reason: 'unavailable',
    });
  });
});

describe('tokens', () => {
  it('are asked for once, for wrapping, unwrapping and describing', async () => {
    const { vault, key } = under();
    let asked = 0;
    const getToken: AzureTokenCredential['getToken'] = (scopes) => {
      asked++;
      return vault.credential.getToken(scopes);
    };
    const mine = key({ credential: { getToken } });
    for (const wrapped of [await mine.wrap(randomBytes(32), AAD), await mine.wrap(randomBytes(32), AAD)]) {
      await mine.unwrap(wrapped, AAD);
    }
    await mine.describe();
    expect([asked, vault.challenges]).toEqual([1, 3]);
  });

  it('that were revoked are replaced, once, and the request is repeated', async () => {
    const { vault, key } = under();
    const mine = withLimits(key(), { maxAttempts: 1 });
    const wrapped = await mine.wrap(randomBytes(32), AAD);
    vault.revokeTokens();
    await mine.wrap(randomBytes(32), AAD);
    vault.revokeTokens();
    expect(await mine.unwrap(wrapped, AAD)).toHaveLength(32);
  });

  it('of another issuer mean denied', async () => {
    const { key } = under();
    const other = await startAzureKeyVaultDouble();
    others.push(other);
    const foreign = { getToken: (scopes: string | string[]) => other.credential.getToken(scopes) };
    const mine = key({ credential: foreign });
    const error = await rejectionOf(() => mine.wrap(randomBytes(32), AAD));
    expect(error).toMatchObject({
      reason: 'denied',
      cause: { details: { statusCode: 401, code: 'Unauthorized' } },
    });
    expect(error.message).toContain('a new one too');
  });
});
