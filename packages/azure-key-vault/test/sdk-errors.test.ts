import { AuthenticationError, CredentialUnavailableError } from '@azure/identity';
import { describe, expect, it } from '@jest/globals';

import { explainAzureError } from '../src/errors';
import { LOGIN_CODES, settingOf } from '../src/sdk-errors';

const SECRET = 'Xy8Q~a-client-secret-of-forty-characters-ab';
const EXCHANGE = { operation: 'unwrapKey' } as const;

const refusedWith = (code: string): Error =>
  new AuthenticationError(400, {
    error: 'invalid_client',
    error_description: `${code}: The provided value ${SECRET} is not right. Trace ID: 0d1e2f30`,
  });

describe('a refused login', () => {
  it.each([
    ['AADSTS7000215', 'AZURE_CLIENT_SECRET'],
    ['AADSTS7000222', 'AZURE_CLIENT_SECRET has expired'],
    ['AADSTS700016', 'AZURE_CLIENT_ID'],
    ['AADSTS90002', 'AZURE_TENANT_ID'],
    ['AADSTS900023', 'AZURE_TENANT_ID'],
    ['AADSTS700027', 'AZURE_CLIENT_CERTIFICATE_PATH'],
    ['AADSTS700213', 'service account'],
    ['AADSTS70021', 'issuer and subject'],
    ['AADSTS700024', 'AZURE_FEDERATED_TOKEN_FILE'],
    ['AADSTS500011', 'AZURE_AUTHORITY_HOST'],
    ['AADSTS99999', 'https://login.microsoftonline.com/error'],
  ])('with %s names %s, and nothing of the text', (code, setting) => {
    const { because, cause } = explainAzureError(refusedWith(code), EXCHANGE);
    expect(because).toContain(code);
    expect(because).toContain(setting);
    expect(`${String(because)} ${(cause as Error).message}`).not.toContain(SECRET);
  });

  it('has a row here for each code of the table', () => {
    expect(LOGIN_CODES.size).toBe(10);
  });
});

describe('what names a setting', () => {
  it.each<[string, unknown, number | undefined, string]>([
    ['no credential', new CredentialUnavailableError('none'), undefined, 'No Azure credential gave a token'],
    [
      'a file that is missing',
      Object.assign(new Error(`no such file '/var/run/${SECRET}'`), { code: 'ENOENT', syscall: 'open' }),
      undefined,
      'AZURE_FEDERATED_TOKEN_FILE',
    ],
    ['a token that is refused twice', new Error('Unauthorized'), 401, 'AZURE_TENANT_ID'],
  ])('%s', (_, error, statusCode, text) => {
    expect(settingOf(error, statusCode)).toContain(text);
    expect(settingOf(error, statusCode)).not.toContain(SECRET);
  });

  it.each([
    ['a refusal of the vault', 403],
    ['an answer of a proxy', 502],
  ])('%s names none', (_, statusCode) => {
    expect(settingOf(new Error('Forbidden'), statusCode)).toBeUndefined();
  });
});
