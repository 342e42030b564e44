import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';
import type { KeyServiceError } from '@waxseal/core';
import { rejectionOf } from '@waxseal/test-support';

import { LocalKey, type LocalKeyOptions } from '../src';

const AAD = Buffer.from('waxseal/v1/data-key');
const [ONE, TWO] = [randomBytes(32), randomBytes(32)];

describe('a key with versions', () => {
  const key = new LocalKey({ id: 'orders', versions: { 1: ONE, 2: TWO }, primaryVersion: 2 });

  it('wraps under the primary version, and names it', async () => {
    const { keyId } = await key.wrap(randomBytes(32), AAD);
    expect([key.id, keyId]).toEqual(['orders', 'orders/v2']);
  });

  it('unwraps under every version', async () => {
    const dataKey = randomBytes(32);
    for (const version of [1, 2]) {
      const writer = new LocalKey({ id: 'orders', versions: { 1: ONE, 2: TWO }, primaryVersion: version });
      expect(Buffer.from(await key.unwrap(await writer.wrap(dataKey, AAD), AAD))).toEqual(dataKey);
    }
  });

  it('owns its versions and nothing else', () => {
    expect(['orders/v1', 'orders/v2'].every((id) => key.owns(id))).toBe(true);
    expect(['orders', 'orders/v3', 'orders/v02', 'Orders/v1'].some((id) => key.owns(id))).toBe(false);
  });
});

describe('the history', () => {
  it('has the versions, the newest first, and their dates where they are known', async () => {
    const createdAt = { 2: '2026-01-05T09:00:00Z' };
    const versions = { 1: ONE, 2: TWO };
    const key = new LocalKey({ id: 'orders', versions, primaryVersion: 1, createdAt });
    expect(await key.describe({ history: true })).toMatchObject({
      version: 'orders/v1',
      history: {
        versions: [
          { version: 'orders/v2', createdAt: new Date('2026-01-05T09:00:00Z') },
          { version: 'orders/v1', createdAt: undefined },
        ],
        hasMoreVersions: false,
      },
    });
    expect(await key.describe()).not.toHaveProperty('history');
    const single = await new LocalKey({ id: 'orders', key: ONE }).describe({ history: true });
    expect(single.history?.versions).toEqual([]);
  });
});

describe('a key of one version', () => {
  it('wraps under its ID as it is', async () => {
    const key = new LocalKey({ id: 'orders', key: ONE });
    expect((await key.wrap(randomBytes(32), AAD)).keyId).toBe('orders');
    expect([key.owns('orders'), key.owns('orders/v1')]).toEqual([true, false]);
  });

  it('copies its bytes', async () => {
    const bytes = Buffer.from(ONE);
    const key = new LocalKey({ id: 'orders', key: bytes });
    const wrapped = await key.wrap(TWO, AAD);
    bytes.fill(0);
    expect(Buffer.from(await key.unwrap(wrapped, AAD))).toEqual(TWO);
  });
});

describe('the constructor refuses', () => {
  it.each<[string, unknown]>([
    ['31 bytes', { id: 'a', key: randomBytes(31) }],
    ['33 bytes', { id: 'a', key: randomBytes(33) }],
    ['text for bytes', { id: 'a', key: 'x'.repeat(32) }],
    ['no bytes', { id: 'a', key: undefined }],
    ['an empty ID', { id: '', key: ONE }],
    ['an ID with a control character', { id: 'a\u0007', key: ONE }],
    ['an ID that is no text', { id: 7, key: ONE }],
    ['an ID too long with its version', { id: 'a'.repeat(1022), versions: { 1: ONE }, primaryVersion: 1 }],
    ['no version', { id: 'a', versions: {}, primaryVersion: 1 }],
    ['a primary version that is missing', { id: 'a', versions: { 1: ONE }, primaryVersion: 2 }],
    ['version 0', { id: 'a', versions: { 0: ONE }, primaryVersion: 0 }],
    ['half a version', { id: 'a', versions: { 1.5: ONE }, primaryVersion: 1.5 }],
    ['a version that is no number', { id: 'a', versions: { one: ONE }, primaryVersion: 1 }],
    ['a version of 16 bytes', { id: 'a', versions: { 1: ONE, 2: randomBytes(16) }, primaryVersion: 1 }],
  ])('%s', async (_what, options) => {
    const error = await rejectionOf(() => new LocalKey(options as LocalKeyOptions));
    expect(error).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
  });
});

it('shows key IDs and no key bytes', async () => {
  const key = new LocalKey({ id: 'orders', versions: { 1: ONE, 2: TWO }, primaryVersion: 2 });
  const refused = await rejectionOf(() => key.unwrap({ keyId: 'orders/v1', bytes: TWO }, AAD));
  expect((refused as unknown as KeyServiceError).reason).toBe('rejected-ciphertext');
  const options = { depth: 10, showHidden: true, maxArrayLength: null, breakLength: Infinity };
  for (const value of [key, refused, { in: [key] }]) {
    const shown = [
      inspect(value, options),
      inspect(value, { ...options, customInspect: false, getters: true }),
      JSON.stringify(value),
      // eslint-disable-next-line @typescript-eslint/no-base-to-string
      String(value),
    ].join('\n');
    expect(shown).toContain('orders/v1');
    for (const secret of [ONE, TWO]) {
      const forms = [
        secret.toString('hex'),
        secret.toString('base64'),
        secret.toString('latin1'),
        [...secret].join(', '),
      ];
      const spaced = (forms[0] ?? '').replace(/(..)(?!$)/g, '$1 ');
      expect([...forms, spaced].some((form) => shown.includes(form.slice(0, 20)))).toBe(false);
    }
  }
});
