import { randomBytes } from 'node:crypto';

import { ClientSecretCredential, DefaultAzureCredential } from '@azure/identity';
import { afterEach, describe, expect, it } from '@jest/globals';
import { withLimits } from '@waxseal/conformance';
import { rejectionOf, startFreezingRelay, startManagedIdentity } from '@waxseal/test-support';
import { makeLoopbackCertificate, startAzureKeyVaultDouble } from '@waxseal/testing';

import { AzureKeyVaultKey, type AzureTokenCredential } from '../src';
import { vaultUnderTest } from './support/vault-under-test';

const AAD = Buffer.from('waxseal/v1/data-key');
const once = { maxAttempts: 1 };
const under = vaultUnderTest();

afterEach(() => {
  for (const name of ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'AZURE_CLIENT_ID', 'AZURE_TENANT_ID']) {
    Reflect.deleteProperty(process.env, name);
  }
});

function loggedIn(secret?: string): AzureTokenCredential {
  const { vault } = under();
  const { tenantId, clientId, clientSecret } = vault.login;
  return new ClientSecretCredential(tenantId, clientId, secret ?? clientSecret, {
    authorityHost: vault.url,
    disableInstanceDiscovery: true,
    tlsOptions: { ca: vault.caCertificate },
    retryOptions: { maxRetries: 0 },
  });
}

describe('a token that the service takes for none any more', () => {
  it('is replaced past the cache of the credential, once, and the request is repeated', async () => {
    const { vault, key } = under();
    const mine = withLimits(key({ credential: loggedIn() }), once);
    const wrapped = await mine.wrap(randomBytes(32), AAD);
    vault.revokeTokens();
    expect(await mine.unwrap(wrapped, AAD)).toHaveLength(32);
    vault.revokeTokens();
    await Promise.all([mine.wrap(randomBytes(32), AAD), mine.wrap(randomBytes(32), AAD)]);
  });

  it('with wrapLocally too', async () => {
    const { vault, key } = under();
    const credential = loggedIn();
    await withLimits(key({ credential }), once).describe();
    vault.revokeTokens();
    await withLimits(key({ credential, wrapLocally: true }), once).wrap(randomBytes(32), AAD);
  });

  it('for claims (continuous access evaluation) is replaced by one with them', async () => {
    const { vault, key } = under();
    const asked: unknown[] = [];
    const credential: AzureTokenCredential = {
      getToken: (scopes, options) => {
        asked.push(options?.claims);
        return vault.credential.getToken(scopes);
      },
    };
    const mine = withLimits(key({ credential }), once);
    await mine.wrap(randomBytes(32), AAD);
    const claims = JSON.stringify({ access_token: { nbf: { essential: true, value: '1' } } });
    const challenge = `Bearer authorization="${vault.url}/${vault.login.tenantId}", resource="https://vault.azure.net", error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"`;
    vault.next({ status: 401, body: '{}', headers: { 'WWW-Authenticate': challenge } }, 2);
    await mine.wrap(randomBytes(32), AAD);
    expect(asked).toEqual([undefined, claims]);
  });
});

describe('a source of tokens that is silent for one request', () => {
  it.each([1, 2])('the login endpoint, %d times: the next request succeeds', async (times) => {
    const { vault, key } = under();
    const mine = withLimits(key({ credential: loggedIn() }), { ...once, attemptTimeoutMs: 400 });
    vault.nextLogin({ hang: true }, times);
    for (let time = 0; time < times; time++) {
      const error = await rejectionOf(() => mine.wrap(randomBytes(32), AAD));
      expect(error).toMatchObject({ reason: 'timeout' });
      expect(error.message).toContain('No token was obtained');
    }
    await mine.wrap(randomBytes(32), AAD);
  });

  it('the endpoint of a managed identity: the next request succeeds, and the message names it', async () => {
    const { vault, key } = under();
    const identity = await startManagedIdentity(vault.credential);
    Object.assign(process.env, {
      IDENTITY_ENDPOINT: `http://127.0.0.1:${String(identity.port)}/x`,
      IDENTITY_HEADER: 'h',
    });
    identity.answers = 'nothing';
    const mine = withLimits(key({ credential: new DefaultAzureCredential() }), {
      ...once,
      attemptTimeoutMs: 600,
    });
    const error = await rejectionOf(() => mine.wrap(randomBytes(32), AAD));
    expect(error).toMatchObject({ reason: 'timeout' });
    expect(error.message).toContain('IDENTITY_ENDPOINT');
    identity.answers = 'token';
    await withLimits(mine, { attemptTimeoutMs: 2_000 }).wrap(randomBytes(32), AAD);
    await identity.close();
  });
});

describe('a network', () => {
  it('that loses connections costs one attempt, however many were open', async () => {
    const { vault, managed } = under();
    const relay = await startFreezingRelay(Number(new URL(vault.url).port));
    const { credential, clientOptions } = vault;
    const keyId = managed.url.replace(vault.url, `https://127.0.0.1:${String(relay.port)}`);
    const mine = new AzureKeyVaultKey({ credential, clientOptions, keyId });
    // The double names itself by its own port.
    const answered = async (): Promise<unknown> =>
      (await rejectionOf(() => mine.wrap(randomBytes(32), AAD))).cause;
    expect(await answered()).toMatchObject({ message: expect.stringContaining('another key') as unknown });
    await Promise.all(Array.from({ length: 6 }, answered));
    relay.freeze();
    const made = relay.connections;
    const hasty = withLimits(mine, { attemptTimeoutMs: 500, totalTimeoutMs: 3_000, maxAttempts: 2 });
    const error = await rejectionOf(() => hasty.wrap(randomBytes(32), AAD));
    expect(error.cause).toMatchObject({ message: expect.stringContaining('another key') as unknown });
    expect(relay.connections - made).toBe(1);
    await relay.close();
  });

  it('behind which the certificate was rotated is spoken to again', async () => {
    const vault = await startAzureKeyVaultDouble();
    const next = await makeLoopbackCertificate('renewed');
    const trusted = { ca: `${vault.caCertificate}\n${next.certificate}` };
    const { url: keyId } = await vault.createKey();
    const { credential, clientOptions } = vault;
    const mine = new AzureKeyVaultKey({
      credential,
      keyId,
      clientOptions: { ...clientOptions, tlsOptions: trusted },
    });
    await mine.wrap(randomBytes(32), AAD);
    vault.rotateCertificate(next);
    await mine.wrap(randomBytes(32), AAD);
    const unaware = withLimits(new AzureKeyVaultKey({ credential, keyId, clientOptions }), once);
    expect(await rejectionOf(() => unaware.wrap(randomBytes(32), AAD))).toMatchObject({
      reason: 'unavailable',
    });
    await vault.close();
  });
});

describe('a login that is refused', () => {
  it('says which setting is wrong', async () => {
    const { key } = under();
    const error = await rejectionOf(() => key({ credential: loggedIn('wrong') }).wrap(randomBytes(32), AAD));
    expect(error).toMatchObject({ reason: 'denied' });
    expect(error.message).toContain('AZURE_CLIENT_SECRET is not the value');
  });
});

describe('a service that wraps under a disabled key', () => {
  it('is not believed once the state is known, and is again when the key is enabled', async () => {
    const { vault, key } = under();
    const managed = await vault.createKey();
    vault.wrapsUnderDisabledKeys = true;
    for (const learn of [
      (mine: AzureKeyVaultKey) => mine.describe(),
      (mine: AzureKeyVaultKey) => mine.checkPermissions(AAD),
    ]) {
      const mine = key({ keyId: managed.url });
      await mine.wrap(randomBytes(32), AAD);
      managed.disable();
      await learn(mine);
      expect(await rejectionOf(() => mine.wrap(randomBytes(32), AAD))).toMatchObject({ reason: 'disabled' });
      managed.enable();
      await learn(mine);
      await mine.wrap(randomBytes(32), AAD);
    }
  });

  it('nor once it refused to unwrap', async () => {
    const { vault, key } = under();
    const managed = await vault.createKey();
    vault.wrapsUnderDisabledKeys = true;
    const mine = key({ keyId: managed.url });
    const wrapped = await mine.wrap(randomBytes(32), AAD);
    managed.disable();
    expect(await rejectionOf(() => mine.unwrap(wrapped, AAD))).toMatchObject({ reason: 'disabled' });
    expect(await rejectionOf(() => mine.wrap(randomBytes(32), AAD))).toMatchObject({ reason: 'disabled' });
    managed.enable();
    await mine.unwrap(wrapped, AAD);
    await mine.wrap(randomBytes(32), AAD);
  });
});
