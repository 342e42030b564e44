import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';
import { rejectionOf } from '@waxseal/test-support';

import { VaultTransitKey } from '../src';
import { decodeOnlyPolicy, doctorPolicy, workerPolicy } from './support/policies';
import { tokenWith } from './support/token-with';
import { vault } from './support/vault';

const server = vault();
const AAD = Buffer.from('waxseal/v1/data-key');

async function newKey(type = 'aes256-gcm96'): Promise<string> {
  const keyName = `orders-${randomBytes(4).toString('hex')}`;
  await server().admin('POST', `transit/keys/${keyName}`, { type });
  return keyName;
}

const as = (token: string, keyName: string): VaultTransitKey =>
  new VaultTransitKey({ address: server().address, keyName, auth: { token } });

describe('describe', () => {
  it('tells the state and the version, with the rights that the README gives to doctor', async () => {
    const keyName = await newKey();
    const key = as(await tokenWith(server(), doctorPolicy(keyName)), keyName);
    expect(await key.describe()).toEqual({
      service: 'Transit',
      name: `transit/keys/${keyName}`,
      state: 'enabled',
      isUsable: true,
      version: 'v1',
      clockAheadMs: expect.any(Number),
      details: {
        type: 'aes256-gcm96',
        'oldest version that decrypts': 'v1',
        'automatic rotation': 'off',
        'deletion allowed': 'no',
      },
    });
    await server().admin('POST', `transit/keys/${keyName}/rotate`, {});
    expect(await key.describe()).toMatchObject({ version: 'v2' });
  });

  it('tells of the versions that decrypt, by when they were made, and that there are others', async () => {
    const keyName = await newKey();
    await server().admin('POST', `transit/keys/${keyName}/rotate`, {});
    await server().admin('POST', `transit/keys/${keyName}/rotate`, {});
    const limits = { min_decryption_version: 2, auto_rotate_period: '720h' };
    await server().admin('POST', `transit/keys/${keyName}/config`, limits);
    const { history } = await as(server().rootToken, keyName).describe({ history: true });
    const createdAt = expect.any(Date) as unknown;
    expect(history).toMatchObject({
      rotation: 'every 2592000 s',
      versions: [
        { version: 'v3', createdAt },
        { version: 'v2', createdAt },
      ],
      hasMoreVersions: false,
      untold: ['versions below v2: they do not decrypt'],
    });
    expect(history?.createdAt).toBeUndefined();
    const seconds = Math.abs(Date.now() - Number(history?.versions?.[0]?.createdAt)) / 1000;
    expect(seconds).toBeLessThan(60);
  });

  it('says that a key of another type cannot serve', async () => {
    const keyName = await newKey('rsa-2048');
    const description = await as(server().rootToken, keyName).describe();
    expect(description).toMatchObject({ isUsable: false, details: { type: 'rsa-2048' } });
  });

  it('is denied to a worker, and finds no key that is not there', async () => {
    const keyName = await newKey();
    const worker = as(await tokenWith(server(), workerPolicy(keyName)), keyName);
    expect(await rejectionOf(() => worker.describe())).toMatchObject({ reason: 'denied' });
    const missing = as(server().rootToken, 'missing');
    expect(await rejectionOf(() => missing.describe())).toMatchObject({ reason: 'not-found' });
  });
});

describe('checkPermissions', () => {
  it('tells who holds the token and what it may do', async () => {
    const keyName = await newKey();
    const worker = await tokenWith(server(), workerPolicy(keyName), `worker-${keyName}`);
    expect(await as(worker, keyName).checkPermissions(AAD)).toEqual({
      caller: `token (policies: default, worker-${keyName})`,
      wrap: { allowed: true },
      unwrap: { allowed: true },
    });
    const reader = await tokenWith(server(), decodeOnlyPolicy(keyName));
    const answer = await as(reader, keyName).checkPermissions(AAD);
    expect(answer).toMatchObject({
      wrap: { allowed: false, error: { reason: 'denied' } },
      unwrap: { allowed: true },
    });
    expect(inspect(answer, { depth: 9 })).not.toContain(reader);
  });
});
