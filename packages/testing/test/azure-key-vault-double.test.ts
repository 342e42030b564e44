import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';

import { ClientSecretCredential } from '@azure/identity';
import { CryptographyClient, KeyClient, type KeyWrapAlgorithm } from '@azure/keyvault-keys';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import {
  startAzureKeyVaultDouble,
  type AzureKeyVaultDouble,
  type AzureKeyVaultDoubleKey,
  type AzureKeyVaultDoubleOptions,
} from '../src';

let vault: AzureKeyVaultDouble;
let hsm: AzureKeyVaultDouble;
let key: AzureKeyVaultDoubleKey;
const started: AzureKeyVaultDouble[] = [];

/** Starts a double for one test. */
async function start(options?: AzureKeyVaultDoubleOptions): Promise<AzureKeyVaultDouble> {
  const double = await startAzureKeyVaultDouble(options);
  started.push(double);
  return double;
}

beforeAll(async () => {
  [vault, hsm] = [
    await startAzureKeyVaultDouble(),
    await startAzureKeyVaultDouble({ service: 'managed-hsm' }),
  ];
  key = await vault.createKey({ name: 'orders' });
});
beforeEach(() => {
  vault.reset();
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((double) => double.close()));
});
afterAll(async () => {
  await Promise.all([vault.close(), hsm.close()]);
});

const noRetries = { retryOptions: { maxRetries: 0 } };
const crypto = (id = key.url, of = vault): CryptographyClient =>
  new CryptographyClient(id, of.credential, { ...of.clientOptions, ...noRetries });

/** What `work` rejects with. */
async function failureOf(work: () => Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await work();
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error('It should have failed.');
}

interface RawAnswer {
  readonly status: number | undefined;
  readonly challenge: string | undefined;
  readonly json: unknown;
}

/** Asks without an SDK. */
function ask(method: string, path: string, token?: string, body?: string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const headers = {
      'Content-Type': 'application/json',
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    };
    const request = httpsRequest(vault.url + path, {
      method,
      headers,
      ca: vault.caCertificate,
      agent: false,
    });
    request.on('error', reject);
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('error', reject);
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        const { statusCode: status, headers: answered } = response;
        resolve({ status, challenge: answered['www-authenticate'], json: JSON.parse(text) });
      });
    });
    request.end(body);
  });
}

const token = async (): Promise<string> =>
  (await vault.credential.getToken('https://vault.azure.net/.default')).token;
const codeOf = ({ json }: RawAnswer): unknown => (json as { error?: { code?: unknown } }).error?.code;

describe('the challenge', () => {
  it('is answered to who has no token, and names the login endpoint and the resource', async () => {
    const answer = await ask('GET', '/keys/orders?api-version=7.6');
    expect(answer).toMatchObject({
      status: 401,
      challenge: `Bearer authorization="${vault.url}/${vault.login.tenantId}", resource="https://vault.azure.net"`,
    });
    expect([codeOf(answer), vault.requests.length, vault.challenges]).toEqual(['Unauthorized', 0, 1]);
  });

  it('is answered to a token that is changed, foreign, for another audience, ended or revoked', async () => {
    const good = await token();
    const [header, body = '', signature] = good.split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
    const longer = Buffer.from(JSON.stringify({ ...claims, exp: 9e9 })).toString('base64url');
    const other = await start({ tokenLifetimeSeconds: -1 });
    const bad = [
      `${String(header)}.${longer}.${String(signature)}`,
      (await vault.credential.getToken('https://managedhsm.azure.net/.default')).token,
      (await other.credential.getToken('https://vault.azure.net/.default')).token,
      'x',
      'a.b.c',
    ];
    for (const one of bad)
      expect(await ask('GET', '/keys/orders?api-version=7.6', one)).toMatchObject({ status: 401 });
    expect(await ask('GET', '/keys/orders?api-version=7.6', good)).toMatchObject({ status: 200 });
    vault.revokeTokens();
    expect(await ask('GET', '/keys/orders?api-version=7.6', good)).toMatchObject({ status: 401 });
    expect(await ask('GET', '/keys/orders?api-version=7.6', await token())).toMatchObject({ status: 200 });
  });

  it('is what a real ClientSecretCredential follows', async () => {
    const { tenantId, clientId, clientSecret, objectId } = vault.login;
    const options = { authorityHost: vault.url, tlsOptions: { ca: vault.caCertificate } };
    const credentialOf = (secret: string): ClientSecretCredential =>
      new ClientSecretCredential(tenantId, clientId, secret, { ...options, disableInstanceDiscovery: true });
    const clientOptions = { ...vault.clientOptions, ...noRetries };
    const client = new KeyClient(vault.url, credentialOf(clientSecret), clientOptions);
    expect((await client.getKey('orders')).id).toBe(key.current.kid);
    expect(vault.requests).toMatchObject([{ operation: 'getKey', caller: objectId }]);
    const wrong = new KeyClient(vault.url, credentialOf('wrong'), clientOptions);
    expect((await failureOf(() => wrong.getKey('orders')))['message']).toContain('AADSTS7000215');
  });
});

describe('keys', () => {
  it.each<[KeyWrapAlgorithm]>([['RSA-OAEP-256'], ['RSA-OAEP'], ['RSA1_5']])(
    '%s wraps, and unwraps what was wrapped with the public key',
    async (algorithm) => {
      const value = randomBytes(32);
      const { result } = await crypto().wrapKey(algorithm, value);
      expect(value.equals((await crypto(key.current.kid).unwrapKey(algorithm, result)).result)).toBe(true);
    },
  );

  it('RSA-OAEP-256 is RSAES-OAEP with SHA-256', async () => {
    const { key: jwk } = await new KeyClient(vault.url, vault.credential, vault.clientOptions).getKey(
      'orders',
    );
    const [n, e] = [jwk?.n, jwk?.e].map((part) => Buffer.from(part ?? []).toString('base64url'));
    const publicKey = createPublicKey({ key: { kty: 'RSA', n: String(n), e: String(e) }, format: 'jwk' });
    const value = randomBytes(32);
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const wrapped = publicEncrypt({ key: publicKey, padding, oaepHash: 'sha256' }, value);
    expect(value.equals((await crypto(key.current.kid).unwrapKey('RSA-OAEP-256', wrapped)).result)).toBe(
      true,
    );
  });

  it.each<[KeyWrapAlgorithm, number]>([
    ['A128KW', 128],
    ['A192KW', 192],
    ['A256KW', 256],
  ])('%s is RFC 3394, in a Managed HSM', async (algorithm, bits) => {
    const aes = await hsm.createKey({ keyType: 'oct-HSM', bits });
    const value = randomBytes(32);
    const { result } = await crypto(aes.url, hsm).wrapKey(algorithm, value);
    expect(result).toHaveLength(40);
    expect(value.equals((await crypto(aes.current.kid, hsm).unwrapKey(algorithm, result)).result)).toBe(true);
    const changed = result.map((byte, index) => (index === 7 ? byte ^ 1 : byte));
    expect(await failureOf(() => crypto(aes.current.kid, hsm).unwrapKey(algorithm, changed))).toMatchObject({
      statusCode: 400,
      code: 'BadParameter',
    });
    const other = algorithm === 'A128KW' ? 'A256KW' : 'A128KW';
    expect(await failureOf(() => crypto(aes.url, hsm).wrapKey(other, value))).toMatchObject({
      code: 'BadParameter',
    });
  });

  it('of the wrong service, name or a taken name cannot be made', async () => {
    await expect(vault.createKey({ keyType: 'oct-HSM' })).rejects.toThrow('Managed HSM');
    await expect(hsm.createKey({ keyType: 'RSA' })).rejects.toThrow('RSA-HSM');
    await expect(vault.createKey({ name: 'a_b' })).rejects.toThrow('letters');
    await expect(vault.createKey({ name: 'ORDERS' })).rejects.toThrow('already');
  });

  it('have versions, states and a soft delete', async () => {
    const mine = await vault.createKey();
    const value = randomBytes(32);
    const old = await crypto(mine.url).wrapKey('RSA-OAEP-256', value);
    const older = mine.current;
    await mine.rotate();
    expect(mine.versions).toHaveLength(2);
    expect(value.equals((await crypto(older.kid).unwrapKey('RSA-OAEP-256', old.result)).result)).toBe(true);
    expect(
      await failureOf(() => crypto(mine.current.kid).unwrapKey('RSA-OAEP-256', old.result)),
    ).toMatchObject({
      code: 'BadParameter',
    });
    const innerOf = async (path: string): Promise<unknown> => {
      const body = JSON.stringify({
        alg: 'RSA-OAEP-256',
        value: Buffer.from(old.result).toString('base64url'),
      });
      const { json } = await ask('POST', `${path}?api-version=7.5`, await token(), body);
      const { error } = json as { error?: { code: string; innererror?: { code: string } } };
      return error?.innererror?.code ?? error?.code;
    };
    const unwrap = `/keys/${mine.name}/${older.version}/unwrapkey`;
    const wrap = `/keys/${mine.name}/${older.version}/wrapkey`;
    older.expiresOn = new Date(Date.now() - 1000);
    expect([await innerOf(unwrap), await innerOf(wrap)]).toEqual([undefined, 'KeyExpired']);
    older.expiresOn = undefined;
    older.notBefore = new Date(Date.now() + 60_000);
    expect([await innerOf(unwrap), await innerOf(wrap)]).toEqual([undefined, 'KeyNotYetValid']);
    older.enabled = false;
    expect([await innerOf(unwrap), await innerOf(wrap)]).toEqual(['KeyDisabled', 'KeyDisabled']);
    mine.enable();
    mine.keyOperations = ['wrapKey'];
    expect(await innerOf(unwrap)).toBe('KeyOperationForbidden');
    mine.delete();
    expect(await innerOf(unwrap)).toBe('KeyNotFound');
    await expect(vault.createKey({ name: mine.name })).rejects.toThrow('not purged');
    mine.recover();
    expect(await innerOf(`/keys/${mine.name}/${'0'.repeat(32)}/unwrapkey`)).toBe('KeyNotFound');
    vault.purgeKey(mine);
    expect(vault.keys).not.toContain(mine);
  });
});

describe('requests', () => {
  const value = randomBytes(32).toString('base64url');

  it.each([
    ['GET', '/keys/orders', undefined, 400],
    ['GET', '/keys/orders?api-version=6.0', undefined, 400],
    ['GET', '/keys/a_b?api-version=7.6', undefined, 400],
    ['GET', '/keys/orders/x?api-version=7.6', undefined, 400],
    ['PUT', '/keys/orders?api-version=7.6', undefined, 405],
    ['POST', '/keys/orders/sign?api-version=7.6', '{}', 405],
    ['POST', '/keys/orders/wrapkey?api-version=7.6', '', 400],
    ['POST', '/keys/orders/wrapkey?api-version=7.6', '{', 400],
    ['POST', '/keys/orders/wrapkey?api-version=7.6', '{"alg":"A256GCM","value":"AA"}', 400],
    ['POST', '/keys/orders/wrapkey?api-version=7.6', '{"alg":"A256KW","value":"AA"}', 400],
    ['POST', '/keys/orders/wrapkey?api-version=7.6', '{"alg":"RSA-OAEP-256","value":"A+/="}', 400],
    [
      'POST',
      '/keys/orders/wrapkey?api-version=7.6',
      `{"alg":"RSA-OAEP-256","value":"${'A'.repeat(400)}"}`,
      400,
    ],
    ['POST', '/keys/orders/wrapkey?api-version=7.6', `{"alg":"RSA-OAEP-256","value":"${value}"}`, 200],
    ['POST', '/keys/ORDERS//wrapkey?api-version=7.5', `{"alg":"RSA-OAEP-256","value":"${value}"}`, 200],
  ])('%s %s %s is answered %d', async (method, path, body, status) => {
    expect(await ask(method, path, await token(), body)).toMatchObject({ status });
  });

  it('are recorded without the value', async () => {
    await ask(
      'POST',
      '/keys/orders/wrapkey?api-version=7.6',
      await token(),
      `{"alg":"RSA-OAEP","value":"${value}"}`,
    );
    expect(vault.requests).toEqual([
      {
        operation: 'wrapKey',
        apiVersion: '7.6',
        keyName: 'orders',
        version: undefined,
        algorithm: 'RSA-OAEP',
        caller: vault.login.objectId,
      },
    ]);
  });

  it('are refused to who has no right, in the words of the permission model', async () => {
    const policies = await start({ permissionModel: 'access-policy' });
    const theirs = await policies.createKey({ name: 'orders' });
    for (const [of, managed, code] of [
      [vault, key, 'ForbiddenByRbac'],
      [policies, theirs, 'AccessDenied'],
    ] as const) {
      of.deny('getKey', managed);
      const client = new KeyClient(of.url, of.credential, { ...of.clientOptions, ...noRetries });
      expect(await failureOf(() => client.getKey('orders'))).toMatchObject({
        statusCode: 403,
        code: 'Forbidden',
        details: { error: { innerError: { code } } },
      });
      of.allow('getKey');
      await client.getKey('orders');
    }
  });

  it('do what is scripted, in its order', async () => {
    vault.next({ error: 'Throttled', innererror: 'VaultRequestTypeLimitReached', retryAfter: 3 });
    vault.next({ status: 502, body: '"proxy"' });
    vault.next({ cut: true });
    vault.next({ edit: () => ({ kid: 'edited' }) });
    const get = async (): Promise<RawAnswer> => ask('GET', '/keys/orders?api-version=7.6', await token());
    expect(await get()).toMatchObject({ status: 429 });
    expect(await get()).toMatchObject({ status: 502, json: 'proxy' });
    expect(await failureOf(get)).toMatchObject({ code: 'ECONNRESET' });
    expect(await get()).toMatchObject({ status: 200, json: { kid: 'edited' } });
    expect(await get()).toMatchObject({ status: 200, json: { key: { kid: key.current.kid } } });
  });

  it('hang, or wait, until the double is closed', async () => {
    const own = await start();
    await own.createKey({ name: 'orders' });
    own.next({ hang: true });
    const client = new KeyClient(own.url, own.credential, { ...own.clientOptions, ...noRetries });
    const hanging = failureOf(() => client.getKey('orders'));
    const slow = await start();
    slow.latencyMs = 60_000;
    const waiting = failureOf(() =>
      new KeyClient(slow.url, slow.credential, { ...slow.clientOptions, ...noRetries }).getKey('x'),
    );
    while (own.requests.length === 0 || slow.challenges === 0)
      await new Promise((resolve) => setTimeout(resolve, 10));
    await Promise.all([own.close(), slow.close()]);
    expect((await hanging)['code']).toBe('ECONNRESET');
    expect((await waiting)['code']).toBe('ECONNRESET');
  });

  it('that did not come to the end of the handshake do not keep the double from closing', async () => {
    const own = await start();
    const socket = connect(Number(new URL(own.url).port), '127.0.0.1');
    const ended = new Promise((resolve) => socket.once('close', resolve).on('error', () => undefined));
    await new Promise((resolve) => socket.once('connect', resolve));
    await own.close();
    await ended;
  });
});
