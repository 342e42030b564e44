import { randomBytes } from 'node:crypto';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { withLimits } from '@waxseal/conformance';
import { rejectionOf } from '@waxseal/test-support';

import { VaultTransitKey, type VaultTransitKeyOptions } from '../src';
import { VaultAnswerError, MUST_EXIST, VAULT_ERRORS, explainVaultError, rowOf } from '../src/errors';
import { FaultyProxy } from './support/faulty-proxy';
import { decodeOnlyPolicy } from './support/policies';
import { tokenWith } from './support/token-with';
import { vault } from './support/vault';

const server = vault();
const AAD = Buffer.from('waxseal/v1/data-key');
const ONCE = { maxAttempts: 1 };
const plaintext = randomBytes(32).toString('base64');
const associated = AAD.toString('base64');
let ciphertext = '';

/** What the real server answers to a request that the adapter may send. */
async function answerTo(
  path: string,
  body: object,
  token = server().rootToken,
  namespace = '',
): Promise<VaultAnswerError> {
  const answer = await fetch(`${server().address}/v1/${path}`, {
    method: 'POST',
    headers: { 'x-vault-token': token, 'x-vault-namespace': namespace },
    body: JSON.stringify(body),
  });
  const { errors } = (await answer.json()) as { errors?: string[] };
  return new VaultAnswerError({
    status: answer.status,
    errors: errors ?? [],
    path,
    capability: 'update',
    login: path.endsWith('/login'),
    secrets: [],
  });
}

const encrypt = (key: string, token?: string): Promise<VaultAnswerError> =>
  answerTo(`transit/encrypt/${key}`, { plaintext, associated_data: associated, type: MUST_EXIST }, token);
const decrypt = (key: string, text: string, aad = associated): Promise<VaultAnswerError> =>
  answerTo(`transit/decrypt/${key}`, { ciphertext: text, associated_data: aad });

beforeAll(async () => {
  const { admin } = server();
  for (const name of ['orders', 'soft', 'old']) await admin('POST', `transit/keys/${name}`, {});
  await admin('POST', 'transit/keys/derived', { derived: true });
  await admin('POST', 'transit/keys/rsa', { type: 'rsa-2048' });
  await admin('DELETE', 'transit/keys/soft/soft-delete');
  await admin('POST', 'transit/keys/old/rotate');
  await admin('POST', 'transit/keys/old/config', { min_decryption_version: 2 });
  const made = await admin('POST', 'transit/encrypt/orders', { plaintext, associated_data: associated });
  ({ ciphertext } = (made as { data: { ciphertext: string } }).data);
});

/** Rows that a real answer has reached. */
const reached = new Set<unknown>();

describe('what OpenBao answers means', () => {
  it.each<[string, string, number, () => Promise<VaultAnswerError>]>([
    ['encrypting under a key that is not there', 'not-found', 400, () => encrypt('none')],
    ['decrypting under a key that is not there', 'not-found', 400, () => decrypt('none', ciphertext)],
    ['encrypting under a soft-deleted key', 'disabled', 400, () => encrypt('soft')],
    ['decrypting under a soft-deleted key', 'disabled', 400, () => decrypt('soft', ciphertext)],
    ['a version below min_decryption_version', 'disabled', 400, () => decrypt('old', ciphertext)],
    ['a wrong AAD', 'rejected-ciphertext', 400, () => decrypt('orders', ciphertext, 'AAAA')],
    ['a version that is too new', 'unknown', 400, () => decrypt('orders', ciphertext.replace('v1', 'v9'))],
    ['no prefix', 'rejected-ciphertext', 400, () => decrypt('orders', 'x')],
    ['too few bytes', 'rejected-ciphertext', 400, () => decrypt('orders', 'vault:v1:AAAA')],
    ['no base64', 'rejected-ciphertext', 400, () => decrypt('orders', 'vault:v1:!!!!')],
    ['no version', 'rejected-ciphertext', 400, () => decrypt('orders', 'vault:vx:AAAA')],
    ['nothing to decrypt', 'rejected-ciphertext', 400, () => decrypt('orders', '')],
    ['a derived key', 'unknown', 400, () => encrypt('derived')],
    ['a key without associated data', 'unknown', 400, () => encrypt('rsa')],
    ['a token that is none', 'denied', 403, () => encrypt('orders', 's.none')],
    [
      'a policy that does not allow it',
      'denied',
      403,
      async () => encrypt('orders', await tokenWith(server(), decodeOnlyPolicy('orders'))),
    ],
    ['no engine at the mount', 'not-found', 404, () => answerTo('nowhere/encrypt/orders', { plaintext })],
    [
      'a namespace that is not there',
      'not-found',
      404,
      () => answerTo('transit/encrypt/orders', { plaintext }, undefined, 'nowhere'),
    ],
    [
      'a wrong AppRole',
      'denied',
      400,
      () => answerTo('auth/approle/login', { role_id: 'x', secret_id: 'y' }),
    ],
    ['no auth method at the mount', 'not-found', 404, () => answerTo('auth/nowhere/login', {})],
  ])('%s: %s', async (_what, reason, status, ask) => {
    const error = await ask();
    expect([error.status, explainVaultError(error).reason]).toEqual([status, reason]);
    reached.add(rowOf(error));
  });

  it('an exhausted quota: throttled', async () => {
    const { admin } = server();
    await admin('POST', 'sys/quotas/rate-limit/t', { path: 'transit/', rate: 1, interval: '30s' });
    await encrypt('orders');
    const error = await encrypt('orders');
    await admin('DELETE', 'sys/quotas/rate-limit/t');
    expect([error.status, explainVaultError(error).reason]).toEqual([429, 'throttled']);
    reached.add(rowOf(error));
  });

  it('a sealed server: unavailable, and fine once it is unsealed', async () => {
    const { admin, address, rootToken, unsealKey } = server();
    const key = withLimits(
      new VaultTransitKey({
        address,
        keyName: 'orders',
        auth: { token: rootToken },
      }),
      ONCE,
    );
    const dataKey = randomBytes(32);
    const wrapped = await key.wrap(dataKey, AAD);
    await admin('PUT', 'sys/seal');
    for (const request of [() => key.wrap(dataKey, AAD), () => key.unwrap(wrapped, AAD)]) {
      const error = await rejectionOf(request);
      expect(error).toMatchObject({ reason: 'unavailable', retryable: true });
      expect((error.cause as Error).message).toMatch(/^HTTP 503: Vault is sealed\. Unseal the server/);
      reached.add(rowOf(error.cause as VaultAnswerError));
    }
    await admin('PUT', 'sys/unseal', { key: unsealKey });
    const patient = withLimits(
      new VaultTransitKey({
        address,
        keyName: 'orders',
        auth: { token: rootToken },
      }),
      { maxAttempts: 10 },
    );
    expect(Buffer.from(await patient.unwrap(wrapped, AAD))).toEqual(dataKey);
  });

  it('every row is reached by a real answer, but those that a proxy before the server gives', () => {
    const rest = VAULT_ERRORS.filter((row) => !reached.has(row)).map((row) => row.status);
    expect(rest).toEqual([403, 400, 401, 404, 412, 500, 502, 503, 503, 504, 307, 308]);
  });
});

describe('an answer that is not OpenBao’s own', () => {
  type Answer = readonly [number, Record<string, string>, string];
  async function refusal(
    answer: Answer,
    over: Partial<VaultTransitKeyOptions> = {},
  ): ReturnType<typeof rejectionOf> {
    const proxy = await new FaultyProxy(server().address).start();
    proxy.instead = () => answer;
    const key = withLimits(
      new VaultTransitKey({
        address: proxy.address,
        keyName: 'orders',
        auth: { token: 'hvs.SECRET-TOKEN' },
        ...over,
      }),
      ONCE,
    );
    try {
      return await rejectionOf(() =>
        key.unwrap({ keyId: `${key.id}/v1`, bytes: Buffer.from(ciphertext) }, AAD),
      );
    } finally {
      await proxy.stop();
    }
  }

  it.each([401, 412, 500, 502, 504])(
    '%d means what the table says, and its page is not shown',
    async (status) => {
      const error = await refusal([status, {}, '<html>gateway</html>']);
      expect(error['reason']).toBe(VAULT_ERRORS.find((row) => row.status === status)?.reason);
      expect((error.cause as Error).message).toBe(`HTTP ${String(status)}`);
    },
  );

  it.each<[Answer, string]>([
    [[400, {}, 'Client sent an HTTP request to an HTTPS server.\n'], 'Write https:// in VAULT_ADDR'],
    [[503, {}, '{"errors":["Vault is in standby mode"]}'], 'Write VAULT_ADDR with the active node'],
    [[403, {}, '{"errors":["permission denied"]}'], 'The token has expired or was revoked'],
    [
      [403, {}, '{"errors":["1 error occurred:\\n\\t* permission denied\\n\\n"]}'],
      'path "transit/decrypt/orders" { capabilities = ["update"] }',
    ],
  ])('%j: %s', async (answer, says) => {
    expect(((await refusal(answer)).cause as Error).message).toContain(says);
  });

  it('a redirect is not followed: no token goes to another place', async () => {
    const other = await new FaultyProxy(server().address).start();
    const error = await refusal([307, { location: `${other.address}/v1/transit/decrypt/orders` }, '']);
    await other.stop();
    expect([error['reason'], other.seen]).toEqual(['unavailable', []]);
    expect((error.cause as Error).message).toContain('redirects are not followed');
  });

  it.each<[string, string]>([
    ['no JSON', 'ok'],
    ['no object', '"ok"'],
    ['no data', '{}'],
    ['a plaintext that is no text', '{"data":{"plaintext":7}}'],
    ['more than 256 KiB', `{"data":{"plaintext":"${'A'.repeat(300_000)}"}}`],
  ])('a success with %s is refused', async (_what, body) => {
    expect((await refusal([200, {}, body]))['reason']).toBe('unknown');
  });

  it.each<[string, string]>([
    ['31 bytes', randomBytes(31).toString('base64')],
    ['no bytes', ''],
    ['no base64', '-'.repeat(44)],
  ])('a plaintext of %s is no data key', async (_what, text) => {
    const error = await refusal([200, {}, JSON.stringify({ data: { plaintext: text } })]);
    expect(error['reason']).toBe('rejected-ciphertext');
  });

  it('a text that repeats the token is shown without it', async () => {
    const error = await refusal([400, {}, JSON.stringify({ errors: ['bad token hvs.SECRET-TOKEN here'] })]);
    expect((error.cause as Error).message).toBe('HTTP 400: bad token [removed] here');
  });
});
