import { randomBytes } from 'node:crypto';
import type { lookup } from 'node:dns';
import { inspect } from 'node:util';

import {
  AggregateAuthenticationError,
  AuthenticationError,
  AuthenticationRequiredError,
  ChainedTokenCredential,
  ClientSecretCredential,
  CredentialUnavailableError,
  type ClientSecretCredentialOptions,
} from '@azure/identity';
import { CryptographyClient, type CryptographyClientOptions } from '@azure/keyvault-keys';
import { describe, expect, it } from '@jest/globals';
import { withLimits } from '@waxseal/conformance';
import type { KeyServiceErrorReason } from '@waxseal/core';
import type { AzureKeyVaultDouble } from '@waxseal/testing';
import { rejectionOf } from '@waxseal/test-support';

import type { AzureTokenCredential } from '../src';
import { AZURE_ERROR_REASONS, NETWORK_ERROR_REASONS, explainAzureError } from '../src/errors';
import { vaultUnderTest } from './support/vault-under-test';

const AAD = Buffer.from('waxseal/v1/data-key');
const under = vaultUnderTest();
const request = { maxAttempts: 1 };

type Row = readonly [number, string, string | undefined, KeyServiceErrorReason];

const ANSWERED: readonly Row[] = [
  [403, 'Forbidden', 'KeyDisabled', 'disabled'],
  [403, 'Forbidden', 'KeyExpired', 'disabled'],
  [403, 'Forbidden', 'KeyNotYetValid', 'disabled'],
  [403, 'Forbidden', 'KeyOperationForbidden', 'denied'],
  [403, 'Forbidden', 'AccessDenied', 'denied'],
  [403, 'Forbidden', 'ForbiddenByPolicy', 'denied'],
  [403, 'Forbidden', 'ForbiddenByRbac', 'denied'],
  [403, 'Forbidden', 'ForbiddenByFirewall', 'denied'],
  [403, 'Forbidden', 'ForbiddenByConnection', 'denied'],
  [429, 'Throttled', 'VaultRequestTypeLimitReached', 'throttled'],
  [429, 'Throttled', 'SubscriptionRequestTypeLimitReached', 'throttled'],
  [401, 'Unauthorized', undefined, 'denied'],
  [403, 'Forbidden', undefined, 'denied'],
  [404, 'KeyNotFound', undefined, 'not-found'],
  [409, 'Conflict', undefined, 'unavailable'],
  [429, 'Throttled', undefined, 'throttled'],
  [429, 'TooManyRequests', undefined, 'throttled'],
  [500, 'InternalServerError', undefined, 'unavailable'],
  [500, 'InternalError', undefined, 'unavailable'],
  [503, 'ServiceUnavailable', undefined, 'unavailable'],
  [504, 'GatewayTimeout', undefined, 'timeout'],
  [408, 'RequestTimeout', undefined, 'timeout'],
];

/** At the login endpoint, through a real `ClientSecretCredential`. */
const LOGIN: readonly (readonly [number, string, KeyServiceErrorReason])[] = [
  [401, 'invalid_client', 'denied'],
  [400, 'invalid_grant', 'denied'],
  [400, 'invalid_request', 'denied'],
  [400, 'invalid_scope', 'denied'],
  [400, 'unauthorized_client', 'denied'],
  [400, 'unsupported_grant_type', 'denied'],
  [503, 'temporarily_unavailable', 'unavailable'],
  [500, 'server_error', 'unavailable'],
];
const NETWORK_OF_LOGIN = ['network_error', 'endpoints_resolution_error'];
const NAMES = [
  'CredentialUnavailableError',
  'AuthenticationRequiredError',
  'AuthenticationError',
  'AbortError',
  'TimeoutError',
  'MissingTokenError',
];

const NETWORK: readonly (readonly [string, KeyServiceErrorReason])[] = [
  ['ECONNREFUSED', 'unavailable'],
  ['ECONNRESET', 'unavailable'],
  ['ECONNABORTED', 'unavailable'],
  ['EPIPE', 'unavailable'],
  ['ENOTFOUND', 'unavailable'],
  ['EAI_AGAIN', 'unavailable'],
  ['EHOSTUNREACH', 'unavailable'],
  ['ENETUNREACH', 'unavailable'],
  ['EPROTO', 'unavailable'],
  ['CERT_HAS_EXPIRED', 'unavailable'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'unavailable'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'unavailable'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unavailable'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'unavailable'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'unavailable'],
  ['ETIMEDOUT', 'timeout'],
];

function secretCredential(
  vault: AzureKeyVaultDouble,
  options: ClientSecretCredentialOptions = {},
): ClientSecretCredential {
  const { tenantId, clientId, clientSecret } = vault.login;
  return new ClientSecretCredential(tenantId, clientId, clientSecret, {
    authorityHost: vault.url,
    disableInstanceDiscovery: true,
    tlsOptions: { ca: vault.caCertificate },
    retryOptions: { maxRetries: 0 },
    ...options,
  });
}

const failing = (error: Error): AzureTokenCredential => ({ getToken: () => Promise.reject(error) });

describe('an error that the service answers, through the SDK', () => {
  it.each(ANSWERED)('%d %s %s means %s', async (status, code, innererror, reason) => {
    const { vault, key } = under();
    const mine = withLimits(key(), request);
    const dataKey = randomBytes(32);
    const wrapped = await mine.wrap(dataKey, AAD);
    for (const ask of [
      () => mine.wrap(dataKey, AAD),
      () => mine.unwrap(wrapped, AAD),
      () => mine.describe(),
    ]) {
      // A token that is refused is replaced once.
      const times = status === 401 ? 2 : 1;
      vault.next({ error: code, status, ...(innererror === undefined ? {} : { innererror }) }, times);
      const error = await rejectionOf(ask);
      expect(error).toMatchObject({ code: 'WAXSEAL_KEY_SERVICE', reason });
      expect(error.cause).toMatchObject({
        name: 'KeyServiceAnswerError',
        details: {
          originalName: 'RestError',
          code,
          statusCode: status,
          ...(innererror === undefined ? {} : { innererrorCode: innererror }),
        },
      });
      expect((error.cause as Error).message).toContain(`Scripted: ${code}.`);
      const shown = inspect(error, { depth: 20, showHidden: true });
      expect(shown).not.toMatch(/eyJ|Bearer /);
      expect(shown).not.toContain(dataKey.toString('base64url').slice(0, 20));
    }
  });

  it('is in the table', () => {
    const codes = new Set(ANSWERED.flatMap(([, code, innererror]) => [innererror ?? code]));
    const login = LOGIN.map(([, code]) => code);
    expect([...AZURE_ERROR_REASONS.keys()].sort()).toEqual(
      [...codes, 'BadParameter', ...login, ...NETWORK_OF_LOGIN, ...NAMES].sort(),
    );
  });

  it('BadParameter means a rejected ciphertext of an unwrap, else a key of another kind, and is not quoted', async () => {
    const { vault, key } = under();
    const mine = withLimits(key(), request);
    const wrapped = await mine.wrap(randomBytes(32), AAD);
    const message = 'Property value has invalid value cGxhaW50ZXh0';
    vault.next({ error: 'BadParameter', message }, 2);
    const errors = [
      await rejectionOf(() => mine.unwrap(wrapped, AAD)),
      await rejectionOf(() => mine.wrap(randomBytes(32), AAD)),
    ];
    expect(errors.map(({ reason }) => reason)).toEqual(['rejected-ciphertext', 'not-found']);
    for (const error of errors) expect(inspect(error, { depth: 20 })).not.toContain('cGxhaW50ZXh0');
  });

  it('that quotes a token or a key is shown without it', async () => {
    const { vault, key } = under();
    const dataKey = randomBytes(32);
    const token = (await vault.credential.getToken('https://vault.azure.net/.default')).token;
    vault.next({ error: 'Forbidden', message: `Got ${dataKey.toString('base64url')} from Bearer ${token}.` });
    const error = await rejectionOf(() => withLimits(key(), request).wrap(dataKey, AAD));
    expect((error.cause as Error).message).toContain('Got […] from Bearer […]');
  });

  it('that is in no table means unknown, or what its status says', async () => {
    const { vault, key } = under();
    const reasons: unknown[] = [];
    for (const status of [400, 405, 429, 500]) {
      vault.next({ error: 'Novel', status });
      const { reason } = await rejectionOf(() => withLimits(key(), request).wrap(randomBytes(32), AAD));
      reasons.push(reason);
    }
    expect(reasons).toEqual(['unknown', 'unknown', 'throttled', 'unavailable']);
  });
});

describe('a status without an error of the service', () => {
  it.each([
    [307, 'unknown'],
    [401, 'denied'],
    [403, 'denied'],
    [404, 'unknown'],
    [408, 'timeout'],
    [429, 'throttled'],
    [500, 'unavailable'],
    [502, 'unavailable'],
    [503, 'unavailable'],
    [504, 'timeout'],
  ])('%d means %s', async (status, reason) => {
    const { vault, key } = under();
    for (const [body, contentType] of [
      ['<html>', 'text/html'],
      ['<html>', 'application/json'],
      ['{}', 'application/json'],
      ['', 'application/json'],
    ] as const) {
      const headers = { Location: `${vault.url}/keys/elsewhere` };
      vault.next({ status, body, contentType, headers }, status === 401 ? 2 : 1);
      expect(await rejectionOf(() => withLimits(key(), request).wrap(randomBytes(32), AAD))).toMatchObject({
        reason,
      });
    }
  });

  it('of success with no JSON means unknown, and the text is not quoted', async () => {
    const { vault, key } = under();
    const mine = withLimits(key(), request);
    const wrapped = await mine.wrap(randomBytes(32), AAD);
    for (const body of ['{"value":PLAIN}', '', 'null', '"PLAIN"', '[]']) {
      vault.next({ status: 200, body });
      const error = await rejectionOf(() => mine.unwrap(wrapped, AAD));
      expect(['unknown', 'rejected-ciphertext']).toContain(error['reason']);
      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('PLAIN');
    }
  });
});

describe('a network error', () => {
  it.each(NETWORK)('%s means %s', async (code, reason) => {
    const { key } = under();
    const failingLookup = (_host: string, _options: unknown, done: Parameters<typeof lookup>[1]): void => {
      done(Object.assign(new Error(code), { code }), '', 4);
    };
    const tlsOptions = { lookup: failingLookup } as CryptographyClientOptions['tlsOptions'] & object;
    const mine = withLimits(
      key({ keyId: 'https://vault.test/keys/orders', clientOptions: { tlsOptions } }),
      request,
    );
    const error = await rejectionOf(() => mine.wrap(randomBytes(32), AAD));
    expect(error).toMatchObject({ reason, cause: { details: { code, originalName: 'RestError' } } });
  });

  it('is in the table', () => {
    expect([...NETWORK_ERROR_REASONS.keys()]).toEqual([
      'REQUEST_SEND_ERROR',
      ...NETWORK.map(([code]) => code),
    ]);
  });

  it('REQUEST_SEND_ERROR, which the SDK says where Node gives no code, means unavailable', async () => {
    const { key } = under();
    const noCode = (_host: string, _options: unknown, done: Parameters<typeof lookup>[1]): void => {
      done(new Error('no code'), '', 4);
    };
    const tlsOptions = { lookup: noCode } as CryptographyClientOptions['tlsOptions'] & object;
    const mine = withLimits(
      key({ keyId: 'https://vault.test/keys/orders', clientOptions: { tlsOptions } }),
      request,
    );
    expect(await rejectionOf(() => mine.wrap(randomBytes(32), AAD))).toMatchObject({
      reason: 'unavailable',
      cause: { details: { code: 'REQUEST_SEND_ERROR' } },
    });
  });

  it('of a certificate that nobody trusts means unavailable', async () => {
    const { key } = under();
    const mine = withLimits(key({ clientOptions: { disableChallengeResourceVerification: true } }), request);
    expect(await rejectionOf(() => mine.wrap(randomBytes(32), AAD))).toMatchObject({
      reason: 'unavailable',
      cause: { details: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } },
    });
  });

  it('that nobody knows means unknown', () => {
    const reasons = [undefined, 'text', new Error('x'), { code: 'EOTHER' }].map(
      (error) => explainAzureError(error, { operation: 'wrapKey' }).reason,
    );
    expect(reasons).toEqual(Array(4).fill('unknown'));
  });
});

describe('a failure to get a token', () => {
  it.each(LOGIN)('%d %s at the login endpoint means %s', async (status, code, reason) => {
    const { vault, key } = under();
    const body = { error: code, error_description: `AADSTS90002: ${code}`, error_codes: [90002] };
    vault.nextLogin({ status, body: JSON.stringify(body) });
    const mine = withLimits(key({ credential: secretCredential(vault) }), request);
    const error = await rejectionOf(() => mine.wrap(randomBytes(32), AAD));
    expect(error).toMatchObject({
      reason,
      cause: { details: { originalName: 'AuthenticationRequiredError', code } },
    });
    expect((error.cause as Error).message).toContain('AADSTS90002');
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(vault.login.clientSecret);
    expect(vault.requests).toHaveLength(0);
  });

  it('of a real wrong secret means denied', async () => {
    const { vault, key } = under();
    const { tenantId, clientId } = vault.login;
    const wrong = new ClientSecretCredential(tenantId, clientId, 'wrong-secret-of-the-client', {
      authorityHost: vault.url,
      disableInstanceDiscovery: true,
      tlsOptions: { ca: vault.caCertificate },
    });
    const error = await rejectionOf(() =>
      withLimits(key({ credential: wrong }), request).wrap(randomBytes(32), AAD),
    );
    expect(error).toMatchObject({ reason: 'denied', cause: { details: { code: 'invalid_client' } } });
    expect((error.cause as Error).message).toContain('AADSTS7000215');
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('wrong-secret');
  });

  it('network_error, for an answer that is none, means unavailable', async () => {
    const { vault, key } = under();
    vault.nextLogin({ status: 500, body: '<html>' });
    const error = await rejectionOf(() =>
      withLimits(key({ credential: secretCredential(vault) }), request).wrap(randomBytes(32), AAD),
    );
    expect(error).toMatchObject({ reason: 'unavailable', cause: { details: { code: 'network_error' } } });
  });

  it('endpoints_resolution_error, for a login endpoint that is not there, means unavailable', async () => {
    const { vault, key } = under();
    const credential = secretCredential(vault, { authorityHost: 'https://127.0.0.1:9' });
    const error = await rejectionOf(() =>
      withLimits(key({ credential }), request).wrap(randomBytes(32), AAD),
    );
    expect(error).toMatchObject({
      reason: 'unavailable',
      cause: { details: { code: 'endpoints_resolution_error', originalName: 'CredentialUnavailableError' } },
    });
  });

  it.each<readonly [string, Error, KeyServiceErrorReason]>([
    ['CredentialUnavailableError', new CredentialUnavailableError('no'), 'unavailable'],
    [
      'AuthenticationRequiredError',
      new AuthenticationRequiredError({ scopes: ['s'], message: 'no' }),
      'denied',
    ],
    ['AuthenticationError 400', new AuthenticationError(400, '{"error":"invalid_grant"}'), 'denied'],
    ['AuthenticationError 400 of no known code', new AuthenticationError(400, '{"error":"novel"}'), 'denied'],
    ['AuthenticationError 429', new AuthenticationError(429, '{"error":"novel"}'), 'throttled'],
    ['AuthenticationError 503', new AuthenticationError(503, 'html'), 'unavailable'],
    ['TimeoutError', new DOMException('late', 'TimeoutError'), 'timeout'],
    ['a chain of nothing', new AggregateAuthenticationError([], 'no'), 'unavailable'],
    [
      'a chain where one was refused',
      new AggregateAuthenticationError(
        [new CredentialUnavailableError('no'), new AuthenticationError(401, '{"error":"invalid_client"}')],
        'no',
      ),
      'denied',
    ],
  ])('%s', async (_name, thrown, reason) => {
    const { key } = under();
    const mine = withLimits(key({ credential: failing(thrown) }), request);
    expect(await rejectionOf(() => mine.wrap(randomBytes(32), AAD))).toMatchObject({
      reason,
      cause: { details: { originalName: thrown.name } },
    });
  });

  it('of a real chain with nothing to try means unavailable', async () => {
    const { key } = under();
    const none = new CredentialUnavailableError('nothing is configured');
    const credential = new ChainedTokenCredential(failing(none), failing(none));
    expect(
      await rejectionOf(() => withLimits(key({ credential }), request).wrap(randomBytes(32), AAD)),
    ).toMatchObject({
      reason: 'unavailable',
      cause: { details: { originalName: 'AggregateAuthenticationError' } },
    });
  });
});

describe('an error of the SDK itself', () => {
  it('AbortError means timeout', async () => {
    const { vault, managed } = under();
    const client = new CryptographyClient(managed.url, vault.credential, vault.clientOptions);
    const error = await rejectionOf(() =>
      client.wrapKey('RSA-OAEP-256', Buffer.alloc(32), { abortSignal: AbortSignal.abort() }),
    );
    expect(error.name).toBe('AbortError');
    expect(explainAzureError(error, { operation: 'wrapKey' }).reason).toBe('timeout');
  });

  it('of a challenge for another domain says what to do', async () => {
    const { vault, key } = under();
    const mine = withLimits(key({ clientOptions: { tlsOptions: { ca: vault.caCertificate } } }), request);
    const error = await rejectionOf(() => mine.wrap(randomBytes(32), AAD));
    expect(error).toMatchObject({ reason: 'unknown' });
    expect((error.cause as Error).message).toContain('clientOptions.disableChallengeResourceVerification');
  });
});
