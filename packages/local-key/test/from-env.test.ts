import { randomBytes } from 'node:crypto';

import { afterEach, describe, expect, it } from '@jest/globals';
import { rejectionOf } from '@waxseal/test-support';

import { LocalKey } from '../src';

const NAME = 'WAXSEAL_LOCAL_KEY_UNDER_TEST';
const MATERIAL = Buffer.alloc(32, 0xa7).toString('base64');
const AAD = Buffer.from('waxseal/v1/data-key');

afterEach(() => {
  Reflect.deleteProperty(process.env, NAME);
});

function fromEnv(value: string): LocalKey {
  process.env[NAME] = value;
  return LocalKey.fromEnv(NAME);
}

describe('LocalKey.fromEnv reads', () => {
  it.each([
    ['orders:', 'orders'],
    ['orders/v1:', 'orders/v1'],
    ['arn:aws:kms:eu-west-1:111122223333:key/1:', 'arn:aws:kms:eu-west-1:111122223333:key/1'],
  ])('an ID and base64: %s', async (prefix, id) => {
    for (const value of [MATERIAL, MATERIAL.replace('=', ''), `${MATERIAL}\n`]) {
      const key = fromEnv(`${prefix}${value}`);
      expect((await key.wrap(randomBytes(32), AAD)).keyId).toBe(id);
    }
    const other = new LocalKey({ id, key: Buffer.from(MATERIAL, 'base64') });
    expect(await other.unwrap(await fromEnv(prefix + MATERIAL).wrap(randomBytes(32), AAD), AAD)).toHaveLength(
      32,
    );
  });

  it('base64 alone, with an ID that is the same for the same key', () => {
    const { id } = fromEnv(MATERIAL);
    expect(id).toMatch(/^local-[0-9a-f]{16}$/);
    expect(fromEnv(MATERIAL).id).toBe(id);
    expect(fromEnv(randomBytes(32).toString('base64')).id).not.toBe(id);
  });

  it('a whole key-ring', async () => {
    const version = { createdAt: '2026-01-05T09:00:00.000Z', material: MATERIAL };
    const key = fromEnv(
      JSON.stringify({
        format: 'waxseal-local-keyring/v1',
        primary: 'orders',
        keys: { orders: { primaryVersion: 3, versions: { '1': version, '3': version } } },
      }),
    );
    expect((await key.wrap(randomBytes(32), AAD)).keyId).toBe('orders/v3');
    expect(key.owns('orders/v1')).toBe(true);
  });
});

describe('LocalKey.fromEnv refuses', () => {
  it.each([
    '',
    '  ',
    'orders',
    `orders:${MATERIAL.slice(2)}`,
    `orders:${MATERIAL}:x`,
    `:${MATERIAL}`,
    `a\tb:${MATERIAL}`,
    `{"material":"${MATERIAL}"`,
    `{"material":"${MATERIAL}"}`,
  ])('%j, and shows nothing of it', async (value) => {
    const error = await rejectionOf(() => fromEnv(value));
    expect(error).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
    expect(`${error.message}${String(error.stack)}${String(error.cause)}`).not.toContain(
      MATERIAL.slice(0, 8),
    );
  });

  it('a variable that is not set', async () => {
    const error = await rejectionOf(() => LocalKey.fromEnv(NAME));
    expect(error.message).toContain(`${NAME} is not set`);
  });
});
