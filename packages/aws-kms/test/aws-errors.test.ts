import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { inspect } from 'node:util';

import { EncryptCommand, KMSServiceException } from '@aws-sdk/client-kms';
import { describe, expect, it } from '@jest/globals';
import { withLimits } from '@waxseal/conformance';
import type { KeyServiceErrorReason } from '@waxseal/core';
import { NETWORK_ERROR_REASONS } from '@waxseal/core/provider';
import { rejectionOf } from '@waxseal/test-support';

import './support/errors-of-node';
import { AwsKmsKey } from '../src';
import { AWS_ERROR_REASONS, explainAwsError } from '../src/errors';
import { CREDENTIALS, kmsClient } from './support/kms-client';
import { kmsUnderTest } from './support/kms-under-test';

const AAD = Buffer.from('waxseal/v1/data-key');
const under = kmsUnderTest();
const once = { maxAttempts: 1 };
const QUOTING = /Signature/;

const ANSWERED: readonly (readonly [string, KeyServiceErrorReason])[] = [
  ['AccessDeniedException', 'denied'],
  ['AccessDenied', 'denied'],
  ['NotAuthorized', 'denied'],
  ['OptInRequired', 'denied'],
  ['UnrecognizedClientException', 'denied'],
  ['InvalidClientTokenId', 'denied'],
  ['MissingAuthenticationTokenException', 'denied'],
  ['MissingAuthenticationToken', 'denied'],
  ['IncompleteSignatureException', 'denied'],
  ['IncompleteSignature', 'denied'],
  ['InvalidSignatureException', 'denied'],
  ['SignatureDoesNotMatch', 'denied'],
  ['ExpiredTokenException', 'denied'],
  ['ExpiredToken', 'denied'],
  ['RequestExpired', 'denied'],
  ['InvalidGrantTokenException', 'denied'],
  ['NotFoundException', 'not-found'],
  ['InvalidArnException', 'not-found'],
  ['InvalidKeyUsageException', 'not-found'],
  ['UnsupportedOperationException', 'not-found'],
  ['DisabledException', 'disabled'],
  ['KMSInvalidStateException', 'disabled'],
  ['InvalidCiphertextException', 'rejected-ciphertext'],
  ['IncorrectKeyException', 'rejected-ciphertext'],
  ['ThrottlingException', 'throttled'],
  ['Throttling', 'throttled'],
  ['ThrottledException', 'throttled'],
  ['RequestLimitExceeded', 'throttled'],
  ['TooManyRequestsException', 'throttled'],
  ['LimitExceededException', 'throttled'],
  ['DependencyTimeoutException', 'unavailable'],
  ['KMSInternalException', 'unavailable'],
  ['KeyUnavailableException', 'unavailable'],
  ['InternalFailure', 'unavailable'],
  ['InternalServerError', 'unavailable'],
  ['InternalServerException', 'unavailable'],
  ['ServiceUnavailable', 'unavailable'],
  ['ServiceUnavailableException', 'unavailable'],
  ['RequestTimeout', 'timeout'],
  ['RequestTimeoutException', 'timeout'],
];
const NOT_ANSWERED = ['TimeoutError', 'AbortError'];

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

describe('an error that the service answers, through the SDK', () => {
  it.each(ANSWERED)('%s means %s', async (name, reason) => {
    const { kms, client } = under();
    const key = withLimits(new AwsKmsKey({ client, keyId: kms.createKey().arn }), once);
    const wrapped = await key.wrap(randomBytes(32), AAD);
    for (const ask of [() => key.wrap(randomBytes(32), AAD), () => key.unwrap(wrapped, AAD)]) {
      kms.next({ error: name });
      const error = await rejectionOf(ask);
      expect(error).toMatchObject({ code: 'WAXSEAL_KEY_SERVICE', reason });
      if (QUOTING.test(name)) {
        expect(error.cause).toMatchObject({
          name: 'KeyServiceAnswerError',
          details: { originalName: name, httpStatusCode: 400 },
        });
      } else {
        expect(error.cause).toBeInstanceOf(KMSServiceException);
        expect(error.cause).toMatchObject({ name, message: `Scripted: ${name}.` });
      }
      const shown = inspect(error, { depth: 20, showHidden: true });
      for (const secret of [CREDENTIALS.sessionToken, CREDENTIALS.secretAccessKey]) {
        expect(shown).not.toContain(secret);
      }
    }
  });

  it('is in the table', () => {
    expect([...AWS_ERROR_REASONS.keys()].sort()).toEqual(
      [...ANSWERED.map(([name]) => name), ...NOT_ANSWERED].sort(),
    );
  });

  it('that is in no table means unknown', async () => {
    const { kms, client } = under();
    const key = withLimits(new AwsKmsKey({ client, keyId: kms.createKey().arn }), once);
    kms.next({ error: 'ValidationException' });
    expect(await rejectionOf(() => key.wrap(randomBytes(32), AAD))).toMatchObject({ reason: 'unknown' });
  });

  it('of a clock that is wrong is asked again, rightly signed', async () => {
    const { kms } = under();
    kms.clockOffsetMs = 3_600_000;
    const client = kmsClient(kms.endpoint);
    const key = new AwsKmsKey({ client, keyId: kms.createKey().arn });
    await key.wrap(randomBytes(32), AAD);
    client.destroy();
  });
});

describe('a status without an error of the service', () => {
  it.each([
    [401, 'denied'],
    [403, 'denied'],
    [404, 'unknown'],
    [408, 'timeout'],
    [429, 'throttled'],
    [500, 'unavailable'],
    [502, 'unavailable'],
    [503, 'unavailable'],
  ])('%d means %s', async (status, reason) => {
    const { kms, client } = under();
    const key = withLimits(new AwsKmsKey({ client, keyId: kms.createKey().arn }), once);
    for (const body of ['<html>', '{}', '']) {
      kms.next({ status, body });
      expect(await rejectionOf(() => key.wrap(randomBytes(32), AAD))).toMatchObject({ reason });
    }
  });

  it('of success with no JSON means unknown, and the text is not quoted', async () => {
    const { kms, client } = under();
    const key = withLimits(new AwsKmsKey({ client, keyId: kms.createKey().arn }), once);
    const wrapped = await key.wrap(randomBytes(32), AAD);
    kms.next({ status: 200, body: '{"Plaintext":PLAIN}' });
    const error = await rejectionOf(() => key.unwrap(wrapped, AAD));
    expect(error).toMatchObject({ reason: 'unknown', cause: { details: { originalName: 'SyntaxError' } } });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('PLAIN');
  });
});

describe('a network error', () => {
  it.each(NETWORK)('%s means %s', async (code, reason) => {
    const httpAgent = new Agent({
      lookup: (_host, _options, callback) => {
        callback(Object.assign(new Error(code), { code }), '', 4);
      },
    });
    const client = kmsClient('http://kms.test', 'eu-west-1', { requestHandler: { httpAgent } });
    const key = withLimits(new AwsKmsKey({ client, keyId: 'alias/a' }), once);
    const error = await rejectionOf(() => key.wrap(randomBytes(32), AAD));
    expect(error).toMatchObject({ reason, cause: { code } });
  });

  it('is in the table', () => {
    expect([...NETWORK_ERROR_REASONS.keys()]).toEqual(NETWORK.map(([code]) => code));
  });

  it('that nobody knows means unknown', () => {
    expect(
      [undefined, 'text', new Error('x'), { code: 'EOTHER' }].map((error) => explainAwsError(error).reason),
    ).toEqual(Array(4).fill('unknown'));
  });
});

describe('a complaint of the SDK', () => {
  it.each<[string, KeyServiceErrorReason, string, string]>([
    ['Error', 'not-found', 'Region is missing', 'AWS_REGION'],
    ['Error', 'not-found', 'Invalid Configuration: Missing Region', '?region='],
    [
      'Error',
      'not-found',
      'Region not accepted: region="x y" is not a valid hostname component.',
      'AWS_REGION',
    ],
    [
      'CredentialsProviderError',
      'denied',
      'The SSO session associated with this profile has expired.',
      'sso login',
    ],
    ['TokenProviderError', 'denied', "Token is expired. To refresh run 'aws sso login'", 'sso login'],
    [
      'CredentialsProviderError',
      'denied',
      'Profile x requires multi-factor authentication, but no MFA code callback was provided.',
      'mfa_serial',
    ],
    [
      'CredentialsProviderError',
      'denied',
      'Unsupported credential source in profile x. Got Y',
      'credential_source',
    ],
    ['Error', 'unavailable', "ENOENT: no such file or directory, open '/t'", 'AWS_WEB_IDENTITY_TOKEN_FILE'],
    ['CredentialsProviderError', 'unavailable', 'Could not load credentials from any providers', 'IMDS'],
    [
      'CredentialsProviderError',
      'unavailable',
      'Could not resolve credentials using profile: [x] in configuration/credentials file(s).',
      'AWS_PROFILE',
    ],
    [
      'CredentialsProviderError',
      'unavailable',
      'Command failed: login --password=hunter2',
      'No AWS credentials',
    ],
  ])('%s means %s: %s', async (name, reason, message, says) => {
    const { kms } = under();
    const client = kmsClient(kms.endpoint, 'eu-west-1', {
      credentials: () => Promise.reject(Object.assign(new Error(message), { name })),
    });
    const key = withLimits(new AwsKmsKey({ client, keyId: 'alias/a' }), once);
    const error = await rejectionOf(() => key.wrap(randomBytes(32), AAD));
    expect(error).toMatchObject({ reason });
    expect(error.message).toContain(says);
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('hunter2');
  });

  it('of a missing region reaches the user from a URI', async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', HOME: '/nonexistent' });
    for (const name of ['AWS_REGION', 'AWS_PROFILE']) Reflect.deleteProperty(process.env, name);
    const key = withLimits(AwsKmsKey.fromUri('awskms:///alias/orders'), once);
    for (const ask of [() => key.wrap(randomBytes(32), AAD), () => key.checkPermissions(AAD)]) {
      const error = await rejectionOf(ask);
      expect(error).toMatchObject({ reason: 'not-found' });
      expect(error.message).toContain('AWS_REGION');
    }
  });
});

describe('an error of the SDK itself', () => {
  it.each(['CredentialsProviderError', 'TokenProviderError'])('%s means unavailable', async (name) => {
    const { kms } = under();
    const client = kmsClient(kms.endpoint, 'eu-west-1', {
      credentials: () => Promise.reject(Object.assign(new Error('no credentials'), { name })),
    });
    const key = withLimits(new AwsKmsKey({ client, keyId: 'alias/a' }), once);
    const error = await rejectionOf(() => key.wrap(randomBytes(32), AAD));
    expect(error).toMatchObject({ reason: 'unavailable', cause: { details: { originalName: name } } });
    expect(kms.requests).toHaveLength(0);
  });

  it('TimeoutError of its own request timeout means timeout', async () => {
    const { kms } = under();
    kms.next({ hang: true });
    const client = kmsClient(kms.endpoint, 'eu-west-1', {
      requestHandler: { requestTimeout: 50, throwOnRequestTimeout: true },
    });
    const key = withLimits(new AwsKmsKey({ client, keyId: 'alias/a' }), once);
    const error = await rejectionOf(() => key.wrap(randomBytes(32), AAD));
    expect(error).toMatchObject({ reason: 'timeout', cause: { name: 'TimeoutError' } });
    client.destroy();
  });

  it('AbortError means timeout', async () => {
    const { client } = under();
    const command = new EncryptCommand({ KeyId: 'alias/a', Plaintext: Buffer.alloc(1) });
    const error = await rejectionOf(() => client.send(command, { abortSignal: AbortSignal.abort() }));
    expect(error.name).toBe('AbortError');
    expect(explainAwsError(error).reason).toBe('timeout');
  });
});
