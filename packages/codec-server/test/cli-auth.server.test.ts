import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditRecord } from '../src';
import { encryptedOrder, orderSecrets, required, type EncryptedOrder } from './support/encrypted-order';
import { AUDIENCE, Issuer } from './support/issuer';
import { temporalCli, type CliOutcome } from './support/temporal-cli';

const TOKEN = randomBytes(32).toString('hex');
const STRANGER = randomBytes(32).toString('hex');
const records: AuditRecord[] = [];

let order: EncryptedOrder;
let issuer: Issuer;

beforeAll(async () => {
  issuer = await Issuer.start();
  const namespace = required('WAXSEAL_TEST_TEMPORAL_NAMESPACE');
  const operations = ['decode'] as const;
  order = await encryptedOrder({
    auth: [
      { type: 'jwt', issuer: issuer.url, audience: AUDIENCE, permissionsClaim: 'permissions' },
      {
        type: 'bearer',
        tokens: [
          { principal: 'ci', token: TOKEN, may: [{ namespaces: [namespace], operations }] },
          { principal: 'stranger', token: STRANGER, may: [{ namespaces: ['other'], operations }] },
        ],
      },
    ],
    allowEncode: true,
    audit: (record) => void records.push(record),
  });
});

afterAll(async () => {
  await order.close();
  await issuer.stop();
});

/** Asks `temporal workflow …` about the order, through the Codec Server and with an `Authorization`. */
function temporal(command: readonly string[], auth: string): Promise<CliOutcome> {
  return temporalCli([
    ...['workflow', ...command, '--workflow-id', order.workflowId, '--namespace', order.namespace],
    ...['--codec-endpoint', order.codecServer.url, '--codec-auth', auth],
  ]);
}

describe('the temporal CLI, of a Codec Server that asks who it is', () => {
  it('decodes with a static token', async () => {
    expect((await temporal(['result'], `Bearer ${TOKEN}`)).stdout).toContain(order.result);
    expect(records.at(-1)).toMatchObject({ principal: 'ci', method: 'bearer', outcome: 'allowed' });
  });

  it('decodes with a token of the issuer and its permissions', async () => {
    const token = await issuer.token({ permissions: [`${order.namespace}:read`] });
    expect((await temporal(['result'], `Bearer ${token}`)).stdout).toContain(order.result);
    expect(records.at(-1)).toMatchObject({ principal: 'alice', method: 'jwt', outcome: 'allowed' });
  });

  // Of all commands only signal and query show at once what a Codec Server answers.
  it.each<[string, () => Promise<string> | string, string, RegExp]>([
    ['a token that may not', () => `Bearer ${TOKEN}`, 'ACCESS_DENIED', /Forbidden.*Ask whoever runs/],
    [
      'permissions elsewhere',
      async () => `Bearer ${await issuer.token({ permissions: ['other:admin'] })}`,
      'ACCESS_DENIED',
      /Forbidden.*Ask whoever runs/,
    ],
    [
      'an expired token',
      async () => `Bearer ${await issuer.token({ exp: 1 })}`,
      'TOKEN_EXPIRED',
      /Unauthorized.*sign in again/,
    ],
    ['the token alone', () => TOKEN, 'AUTHORIZATION_SCHEME', /Unauthorized.*--codec-auth/],
  ])('says what is wrong with %s', async (_name, auth, reason, advice) => {
    const signal = ['signal', '--name', 'addDeliveryNote', '--input', '"a note"'];
    const outcome = await temporal(signal, await auth());
    expect(outcome).toMatchObject({ code: 1, stderr: expect.stringMatching(advice) });
    expect(records.at(-1)).toMatchObject({ operation: 'encode', outcome: 'refused', reason });
  });

  it('shows nothing to a principal of another namespace', async () => {
    const outcome = await temporal(['describe'], `Bearer ${STRANGER}`);
    expect(outcome).toMatchObject({ code: 1, stderr: expect.stringContaining('context deadline exceeded') });
    expect(orderSecrets.filter((secret) => JSON.stringify(outcome).includes(secret))).toEqual([]);
    expect(records.at(-1)).toMatchObject({
      operation: 'decode',
      outcome: 'refused',
      reason: 'ACCESS_DENIED',
    });
  });
});
