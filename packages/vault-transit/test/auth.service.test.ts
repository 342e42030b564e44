import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { withLimits } from '@waxseal/conformance';
import { rejectionOf } from '@waxseal/test-support';

import { VaultTransitKey, type VaultAuth, type VaultTransitKeyOptions } from '../src';
import { at } from './support/at';
import { FaultyProxy } from './support/faulty-proxy';
import { creatingPolicy, decodeOnlyPolicy, workerPolicy } from './support/policies';
import { tokenWith } from './support/token-with';
import { vault } from './support/vault';

const server = vault();
const AAD = Buffer.from('waxseal/v1/data-key');
let proxy: FaultyProxy;
let keyName = '';

beforeEach(async () => {
  proxy = await new FaultyProxy(server().address).start();
  keyName = `orders-${randomBytes(4).toString('hex')}`;
  await server().admin('POST', `transit/keys/${keyName}`, {});
});
afterEach(() => proxy.stop());

const make = (auth: VaultAuth, over: Partial<VaultTransitKeyOptions> = {}): VaultTransitKey =>
  new VaultTransitKey({ address: proxy.address, keyName, auth, ...over });
const paths = (): readonly string[] =>
  proxy.seen.map(({ path }) => path.replace('/v1/', '').replace(keyName, 'key'));
const logins = (): number => paths().filter((path) => path === 'auth/approle/login').length;
const wraps = async (key: VaultTransitKey): Promise<boolean> =>
  (await key.wrap(randomBytes(32), AAD)).bytes.length > 0;

/** A role whose tokens live as long as told. */
async function appRole(tokens: object): Promise<{ roleId: string; secretId: string }> {
  const { admin } = server();
  await admin('POST', `sys/policies/acl/${keyName}`, { policy: workerPolicy(keyName) });
  await admin('POST', `auth/approle/role/${keyName}`, { token_policies: [keyName], ...tokens });
  const role = await admin('GET', `auth/approle/role/${keyName}/role-id`);
  const secret = await admin('POST', `auth/approle/role/${keyName}/secret-id`, {});
  return { roleId: at(role, 'data', 'role_id'), secretId: at(secret, 'data', 'secret_id') };
}

describe('AppRole', () => {
  it('logs in once for fifty requests at once, and not when it is constructed', async () => {
    const key = make({ appRole: await appRole({ token_ttl: '1h' }) });
    expect(paths()).toEqual([]);
    await Promise.all(Array.from({ length: 50 }, () => wraps(key)));
    expect(logins()).toBe(1);
    expect(proxy.seen[0]?.headers['x-vault-token']).toBeUndefined();
  });

  it('renews at two thirds of the lease, while requests go on', async () => {
    const key = make({ appRole: await appRole({ token_ttl: '3s', token_max_ttl: '1h' }) });
    await wraps(key);
    await sleep(2_100);
    await wraps(key);
    await sleep(1_200);
    expect(await wraps(key)).toBe(true);
    const [first, ...rest] = paths().filter((path) => path.startsWith('auth/'));
    expect([first, ...new Set(rest)]).toEqual(['auth/approle/login', 'auth/token/renew-self']);
  });

  it('logs in again when the token has ended and cannot be renewed', async () => {
    const key = make({ appRole: await appRole({ token_ttl: '1s', token_max_ttl: '1s' }) });
    await wraps(key);
    await sleep(1_100);
    expect(await wraps(key)).toBe(true);
    expect(logins()).toBeGreaterThanOrEqual(2);
  });

  it('logs in again when the token was revoked', async () => {
    const key = make({ appRole: await appRole({ token_ttl: '1h' }) });
    await wraps(key);
    const token = String(proxy.seen.at(-1)?.headers['x-vault-token']);
    await server().admin('POST', 'auth/token/revoke', { token });
    expect(await wraps(key)).toBe(true);
    expect(logins()).toBe(2);
  });

  it('asks once more only when the token is not valid: a policy that forbids is no reason to log in', async () => {
    const key = make({ appRole: await appRole({ token_ttl: '1h' }) });
    await wraps(key);
    await server().admin('POST', `sys/policies/acl/${keyName}`, { policy: decodeOnlyPolicy('other') });
    expect(await rejectionOf(() => wraps(key))).toMatchObject({ reason: 'denied' });
    expect(logins()).toBe(1);
  });

  it('is denied with a wrong secret, and shows nothing of it', async () => {
    const { roleId } = await appRole({});
    const secretId = `${roleId.slice(0, -4)}beef`;
    const key = make({ appRole: { roleId, secretId } });
    const error = await rejectionOf(() => wraps(key));
    expect(error).toMatchObject({ reason: 'denied', retryable: false });
    for (const value of [error, key]) {
      const shown = inspect(value, { depth: 10, showHidden: true });
      expect([roleId, secretId].some((secret) => shown.includes(secret))).toBe(false);
    }
  });

  it('says unavailable while a login is refused for want of service, and logs in later', async () => {
    const key = withLimits(make({ appRole: await appRole({}) }), { maxAttempts: 1 });
    proxy.instead = (path) =>
      path.endsWith('/login') ? [503, {}, '{"errors":["Vault is sealed"]}'] : undefined;
    expect(await rejectionOf(() => wraps(key))).toMatchObject({ reason: 'unavailable' });
    proxy.instead = undefined;
    expect(await wraps(key)).toBe(true);
  });
});

describe('a token', () => {
  it('from a function is asked for each time, and again when the first is not valid', async () => {
    const good = await tokenWith(server(), workerPolicy(keyName));
    const tokens = ['s.expired', good, good];
    const key = make({ token: () => Promise.resolve(tokens.shift() ?? 's.none') });
    expect([await wraps(key), await wraps(key), tokens.length]).toEqual([true, true, 0]);
  });

  it('from a function that fails is denied or unavailable, without a request', async () => {
    const [empty, failing] = [
      make({ token: () => '' }),
      make({ token: () => Promise.reject(new Error('no file')) }),
    ];
    expect(await rejectionOf(() => wraps(empty))).toMatchObject({ reason: 'denied' });
    expect(await rejectionOf(() => wraps(failing))).toMatchObject({ reason: 'unavailable' });
    expect(paths()).toEqual([]);
  });
});

describe('least rights', () => {
  it('the worker policy of the README is enough, and no more than what is used', async () => {
    const key = make({ token: await tokenWith(server(), workerPolicy(keyName)) });
    const dataKey = randomBytes(32);
    expect(Buffer.from(await key.unwrap(await key.wrap(dataKey, AAD), AAD))).toEqual(dataKey);
    expect(paths()).toEqual(['transit/encrypt/key', 'transit/decrypt/key']);
  });

  it('the decode-only policy opens and does not wrap', async () => {
    const worker = make({ token: await tokenWith(server(), workerPolicy(keyName)) });
    const reader = make({ token: await tokenWith(server(), decodeOnlyPolicy(keyName)) });
    const dataKey = randomBytes(32);
    expect(Buffer.from(await reader.unwrap(await worker.wrap(dataKey, AAD), AAD))).toEqual(dataKey);
    expect(await rejectionOf(() => wraps(reader))).toMatchObject({ reason: 'denied' });
  });

  it.each([
    ['may create keys', creatingPolicy],
    ['may not create keys', workerPolicy],
  ])('a key that is not there is not-found and stays so, for a token that %s', async (_what, policy) => {
    const missing = `missing-${randomBytes(4).toString('hex')}`;
    const key = make({ token: await tokenWith(server(), policy(missing)) }, { keyName: missing });
    expect(await rejectionOf(() => wraps(key))).toMatchObject({ reason: 'not-found' });
    await expect(server().admin('GET', `transit/keys/${missing}`)).rejects.toThrow('HTTP 404');
  });
});

it('sends the namespace, and keys of two namespaces are two keys', async () => {
  const { admin } = server();
  await admin('POST', 'sys/namespaces/team', {}).catch(() => admin('PUT', 'sys/namespaces/team', {}));
  await admin('POST', 'team/sys/mounts/transit', { type: 'transit' });
  await admin('POST', `team/transit/keys/${keyName}`, {});
  const token = server().rootToken;
  const [inTeam, atRoot] = [make({ token }, { namespace: 'team' }), make({ token })];
  const wrapped = await inTeam.wrap(randomBytes(32), AAD);
  expect(wrapped.keyId).toBe(`vaulttransit://team/transit/${keyName}/v1`);
  expect(proxy.seen.at(-1)?.headers['x-vault-namespace']).toBe('team');
  expect(await inTeam.unwrap(wrapped, AAD)).toHaveLength(32);
  const moved = { keyId: `${atRoot.id}/v1`, bytes: wrapped.bytes };
  expect(await rejectionOf(() => atRoot.unwrap(moved, AAD))).toMatchObject({ reason: 'rejected-ciphertext' });
});
