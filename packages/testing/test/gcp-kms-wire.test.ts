import { createSign, generateKeyPairSync } from 'node:crypto';

import { KeyManagementServiceClient } from '@google-cloud/kms';
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { startGcpKmsDouble, type GcpKmsDouble, type GcpServiceAccount } from '../src';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const AUDIENCE = 'https://cloudkms.googleapis.com/';

let kms: GcpKmsDouble;
let account: GcpServiceAccount;
let raw: Client;
let name: string;

beforeAll(async () => {
  kms = await startGcpKmsDouble({ tls: true });
  account = await kms.serviceAccount();
  name = kms.createKey().name;
  raw = new Client(kms.endpoint, credentials.createSsl(Buffer.from(kms.caCertificate ?? '')), {
    'grpc.ssl_target_name_override': 'localhost',
  });
});
beforeEach(() => {
  kms.reset();
});
afterAll(async () => {
  raw.close();
  await kms.close();
});

/** Status of `GetCryptoKey`, asked without the SDK. */
function ask(metadata: Record<string, string>): Promise<[code: number, details: string]> {
  const request = Buffer.concat([Buffer.from([0x0a, name.length]), Buffer.from(name)]);
  const entries = new Metadata();
  for (const [key, value] of Object.entries(metadata)) entries.set(key, value);
  return new Promise((resolve) => {
    raw.makeUnaryRequest(
      '/google.cloud.kms.v1.KeyManagementService/GetCryptoKey',
      (value: Buffer) => value,
      (value) => value,
      request,
      entries,
      (error: ServiceError | null) => {
        resolve([error?.code ?? 0, error?.details ?? '']);
      },
    );
  });
}

function token(claims: object = {}, header: object = {}, privateKey: string = account.private_key): string {
  const now = Math.floor(Date.now() / 1000);
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const email = account.client_email;
  const text = [
    encode({ alg: 'RS256', typ: 'JWT', kid: account.private_key_id, ...header }),
    encode({ iss: email, sub: email, aud: AUDIENCE, iat: now, exp: now + 3600, ...claims }),
  ].join('.');
  return `Bearer ${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`;
}

const routed = (): Record<string, string> => ({
  'x-goog-request-params': `name=${encodeURIComponent(name)}`,
});

describe('a token', () => {
  const now = Math.floor(Date.now() / 1000);

  it.each<[string, object]>([
    ['for the audience', {}],
    ['with a scope', { aud: undefined, scope: `other ${SCOPE}` }],
  ])('%s is taken', async (_what, claims) => {
    expect(await ask({ ...routed(), authorization: token(claims) })).toEqual([0, '']);
    expect(kms.requests).toMatchObject([{ method: 'GetCryptoKey', name, caller: account.client_email }]);
  });

  it.each<[string, object, object?]>([
    ['for another audience', { aud: 'https://storage.googleapis.com/' }],
    ['with another scope', { aud: undefined, scope: 'https://www.googleapis.com/auth/devstorage.read_only' }],
    ['of another issuer', { iss: 'someone@else.iam.gserviceaccount.com' }],
    ['for another subject', { sub: 'someone@else.iam.gserviceaccount.com' }],
    ['that is expired', { iat: now - 3600, exp: now - 1 }],
    ['of the future', { iat: now + 600, exp: now + 1200 }],
    ['for too long', { exp: now + 7200 }],
    ['without times', { iat: undefined, exp: undefined }],
    ['of an unknown key', {}, { kid: 'unknown' }],
    ['of another algorithm', {}, { alg: 'none' }],
  ])('%s is refused', async (_what, claims, header = {}) => {
    const [code, details] = await ask({ ...routed(), authorization: token(claims, header) });
    expect([code, details.includes('invalid authentication credentials')]).toEqual([16, true]);
  });

  it('that another key signed, or that is none, or is missing, is refused', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const forged = token({}, {}, privateKey);
    for (const authorization of [forged, 'Bearer x', 'Bearer a.b.c', 'Basic eA==', token().slice(7)]) {
      expect((await ask({ ...routed(), authorization }))[0]).toBe(16);
    }
    expect((await ask(routed()))[0]).toBe(16);
    expect(kms.requests).toEqual([]);
  });
});

describe('the routing header', () => {
  it.each<[string, Record<string, string>]>([
    ['missing', {}],
    ['of another resource', { 'x-goog-request-params': 'name=other' }],
    ['of another field', { 'x-goog-request-params': 'resource=other' }],
  ])('%s is refused', async (_what, metadata) => {
    expect((await ask({ authorization: token(), ...metadata }))[0]).toBe(3);
  });
});

describe('the SDK', () => {
  it('speaks TLS to the double, signs its own tokens, and is refused once they are too old', async () => {
    const client = new KeyManagementServiceClient(await kms.clientOptions());
    const asked = { name, plaintext: Buffer.from('x') };
    await client.encrypt(asked);
    expect(kms.requests).toMatchObject([{ method: 'Encrypt', caller: account.client_email }]);
    kms.clockOffsetMs = 2 * 3_600_000;
    await expect(client.encrypt(asked, { retry: null })).rejects.toMatchObject({ code: 16 });
    await client.close();
  });

  it('does not trust the double by itself', async () => {
    const { grpc, ...options } = await kms.clientOptions();
    expect(grpc).toBeDefined();
    const client = new KeyManagementServiceClient(options);
    const refused = client.encrypt({ name, plaintext: Buffer.from('x') }, { retry: null, timeout: 3000 });
    await expect(refused).rejects.toMatchObject({ code: 14 });
    await client.close();
  });
});
