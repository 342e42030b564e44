import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import { beforeEach, describe, expect, it } from '@jest/globals';
import { rejectionOf } from '@waxseal/test-support';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { createLocalKeyringFile, LocalKey, rotateLocalKey } from '../src';

let directory = '';
beforeEach(() => {
  directory = temporaryDirectory();
});
const file = (name: string): string => join(directory, name);
const AAD = Buffer.from('waxseal/v1/data-key');
const MATERIAL = Buffer.alloc(32, 0xa7).toString('base64');
const CREATED = '2026-01-05T09:00:00.000Z';
const RIGHT = {
  format: 'waxseal-local-keyring/v1',
  primary: 'orders',
  keys: {
    orders: { primaryVersion: 1, versions: { '1': { createdAt: CREATED, material: MATERIAL } } },
    billing: {
      primaryVersion: 1,
      versions: { '1': { createdAt: CREATED, material: randomBytes(32).toString('base64') } },
    },
  },
};

interface Ring {
  primary: string;
  keys: Record<
    string,
    { primaryVersion: number; versions: Record<string, { createdAt: string; material: string }> }
  >;
}

function write(document: unknown, mode = 0o600): string {
  const path = file('keys.json');
  writeFileSync(path, typeof document === 'string' ? document : JSON.stringify(document), { mode });
  chmodSync(path, mode);
  return path;
}

const readRing = (path: string): Ring => JSON.parse(readFileSync(path, 'utf8')) as Ring;
const wrapsUnder = async (key: LocalKey): Promise<string> => (await key.wrap(randomBytes(32), AAD)).keyId;

describe('createLocalKeyringFile', () => {
  it('writes a key-ring of one key that only its owner can read', async () => {
    const path = file('new.json');
    expect(createLocalKeyringFile(path, { id: 'orders' })).toBe('orders');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await wrapsUnder(LocalKey.fromFile(path))).toBe('orders/v1');
    const material = readRing(path).keys['orders']?.versions['1']?.material ?? '';
    expect(Buffer.from(material, 'base64')).toHaveLength(32);
  });

  it('names and fills each file anew', () => {
    const ids = ['a', 'b'].map((name) => createLocalKeyringFile(file(name)));
    expect(new Set(ids).size).toBe(2);
    expect(ids.every((id) => /^local-[0-9a-f]{8}$/.test(id))).toBe(true);
    expect(readFileSync(file('a'), 'utf8')).not.toBe(readFileSync(file('b'), 'utf8'));
  });

  it('overwrites nothing, and follows no link to do so', async () => {
    const path = write(RIGHT);
    const before = readFileSync(path, 'utf8');
    symlinkSync(path, file('link'));
    symlinkSync(file('nowhere'), file('dangling'));
    for (const target of [path, file('link'), file('dangling')]) {
      const error = await rejectionOf(() => createLocalKeyringFile(target));
      expect(error).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
      expect(error.message).toContain('not overwritten');
    }
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(readdirSync(dirname(path))).not.toContain('nowhere');
  });

  it('refuses a name that is no key ID, and a folder that is not there', async () => {
    for (const action of [
      () => createLocalKeyringFile(file('x'), { id: 'a\nb' }),
      () => createLocalKeyringFile(file('none/x')),
    ]) {
      expect(await rejectionOf(action)).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
    }
  });
});

describe('LocalKey.fromFile', () => {
  it('takes the primary key, or the one that is named', async () => {
    const path = write(RIGHT);
    expect(LocalKey.fromFile(path).id).toBe('orders');
    expect(await wrapsUnder(LocalKey.fromFile(path, 'billing'))).toBe('billing/v1');
    const error = await rejectionOf(() => LocalKey.fromFile(path, 'shipping'));
    expect(error.message).toContain('it has "orders", "billing"');
  });

  it.each([0o640, 0o604, 0o660, 0o601, 0o620, 0o777])('refuses mode %o', async (mode) => {
    const path = write(RIGHT, mode);
    const error = await rejectionOf(() => LocalKey.fromFile(path));
    expect(error).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
    expect(error.message).toContain(`chmod 600 ${path}`);
  });

  it('accepts a stricter mode', () => {
    expect(LocalKey.fromFile(write(RIGHT, 0o400)).id).toBe('orders');
  });

  it('refuses what is no file', async () => {
    mkdirSync(file('folder'), { mode: 0o700 });
    for (const path of [file('none'), file('folder')]) {
      const error = await rejectionOf(() => LocalKey.fromFile(path));
      expect(error).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
      expect(error.message).toContain(path);
    }
  });
});

describe('a malformed file is refused by the name of the field', () => {
  const entry = RIGHT.keys.orders;
  const version = entry.versions['1'];
  const withOrders = (orders: unknown): unknown => ({ ...RIGHT, keys: { orders } });
  const withVersion = (one: unknown): unknown => withOrders({ primaryVersion: 1, versions: { '1': one } });

  it.each<[string, unknown]>([
    ['no JSON', ''],
    ['no JSON', `{"material": "${MATERIAL}"`],
    ['the document', []],
    ['the document', 'null'],
    ['the document', { ...RIGHT, primry: 'x' }],
    ['format', { ...RIGHT, format: 'waxseal-local-keyring/v2' }],
    ['format', { primary: 'orders', keys: RIGHT.keys }],
    ['primary', { ...RIGHT, primary: 'shipping' }],
    ['primary', { ...RIGHT, primary: 'constructor' }],
    ['primary', { ...RIGHT, primary: 1 }],
    ['primary', { ...RIGHT, keys: {} }],
    ['keys', { ...RIGHT, keys: [entry] }],
    ['keys', { ...RIGHT, keys: null }],
    ['keys["a\\u0000"]', { ...RIGHT, keys: { ...RIGHT.keys, 'a\u0000': entry } }],
    ['keys["orders"]', withOrders(null)],
    ['keys["orders"]', withOrders({ ...entry, note: 'x' })],
    ['keys["orders"].primaryVersion', withOrders({ ...entry, primaryVersion: 2 })],
    ['keys["orders"].primaryVersion', withOrders({ ...entry, primaryVersion: '1' })],
    ['keys["orders"].versions', withOrders({ primaryVersion: 1, versions: [version] })],
    ['versions["0"]', withOrders({ primaryVersion: 1, versions: { ...entry.versions, '0': version } })],
    ['versions["01"]', withOrders({ primaryVersion: 1, versions: { ...entry.versions, '01': version } })],
    ['versions["x"]', withOrders({ primaryVersion: 1, versions: { ...entry.versions, x: version } })],
    ['versions["1"]', withVersion(MATERIAL)],
    ['versions["1"]', withVersion({ ...version, retired: true })],
    ['createdAt', withVersion({ material: MATERIAL })],
    ['createdAt', withVersion({ createdAt: 'yesterday', material: MATERIAL })],
    ['material', withVersion({ createdAt: CREATED })],
    ['material', withVersion({ ...version, material: 32 })],
    ['material', withVersion({ ...version, material: MATERIAL.slice(1) })],
    ['material', withVersion({ ...version, material: `${MATERIAL}AAAA` })],
    ['material', withVersion({ ...version, material: `${MATERIAL}\n` })],
    ['material', withVersion({ ...version, material: '-'.repeat(43) })],
    // The last character of 43 has two bits beyond the 32 bytes.
    ['material', withVersion({ ...version, material: `${MATERIAL.slice(0, 8)}${'A'.repeat(34)}B=` })],
    ['createdAt', withVersion({ ...version, createdAt: '2026-01-05T09:00:00' })],
    ['createdAt', withVersion({ ...version, createdAt: '2026-01-05T09:00:00+01:00' })],
    ['createdAt', withVersion({ ...version, createdAt: '2026-13-05T09:00:00Z' })],
    ['createdAt', withVersion({ ...version, createdAt: '2026-02-30T09:00:00Z' })],
    ['createdAt', withVersion({ ...version, createdAt: '2026-01-05T24:00:00Z' })],
    ['over 1,024 bytes', { ...RIGHT, keys: { ...RIGHT.keys, ['k'.repeat(1_022)]: entry } }],
    [
      'versions["1000000000"]',
      withOrders({ primaryVersion: 1, versions: { ...entry.versions, '1000000000': version } }),
    ],
  ])('%s', async (field, document) => {
    const error = await rejectionOf(() => LocalKey.fromFile(write(document)));
    expect(error).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
    expect(error.message).toContain(field);
    expect(`${error.message}${String(error.stack)}${String(error.cause)}`).not.toContain(
      MATERIAL.slice(0, 8),
    );
  });
});

describe('rotateLocalKey', () => {
  it('does not write a version that no reader takes', async () => {
    const entry = RIGHT.keys.orders;
    const last = { primaryVersion: 999_999_999, versions: { '999999999': entry.versions['1'] } };
    const path = write({ ...RIGHT, keys: { orders: last } });
    const error = await rejectionOf(() => rotateLocalKey(path));
    expect(error).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
    expect(error.message).toContain('the last there can be');
    expect(LocalKey.fromFile(path).id).toBe('orders');
  });

  it('adds and promotes a version', async () => {
    const path = write(RIGHT);
    const old = await LocalKey.fromFile(path).wrap(randomBytes(32), AAD);
    expect(rotateLocalKey(path)).toBe('orders/v2');
    const key = LocalKey.fromFile(path);
    expect(await wrapsUnder(key)).toBe('orders/v2');
    expect(await key.unwrap(old, AAD)).toHaveLength(32);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(path))).toEqual(['keys.json']);
  });

  it('adds first and promotes later, so that every reader can have the version before it wraps', async () => {
    const path = write(RIGHT);
    expect(rotateLocalKey(path, { step: 'add' })).toBe('orders/v2');
    const added = LocalKey.fromFile(path);
    expect([await wrapsUnder(added), added.owns('orders/v2')]).toEqual(['orders/v1', true]);
    expect(rotateLocalKey(path, { step: 'promote' })).toBe('orders/v2');
    const promoted = LocalKey.fromFile(path);
    expect(await added.unwrap(await promoted.wrap(randomBytes(32), AAD), AAD)).toHaveLength(32);
    expect(rotateLocalKey(path, { step: 'promote' })).toBe('orders/v2');
  });

  it('rotates the key that is named, and changes nothing else', () => {
    const path = write(RIGHT);
    expect(rotateLocalKey(path, { id: 'billing' })).toBe('billing/v2');
    const { keys, primary } = readRing(path);
    expect([keys['orders'], primary]).toEqual([RIGHT.keys.orders, 'orders']);
    expect(keys['billing']?.versions['1']).toEqual(RIGHT.keys.billing.versions['1']);
  });

  it('counts on after the tenth version', () => {
    const path = write(RIGHT);
    for (let version = 2; version <= 12; version++)
      expect(rotateLocalKey(path)).toBe(`orders/v${String(version)}`);
  });

  it('refuses a key that is not there, and a file that others can read', async () => {
    const path = write(RIGHT);
    const before = readFileSync(path, 'utf8');
    expect(await rejectionOf(() => rotateLocalKey(path, { id: 'toString' }))).toMatchObject({
      code: 'WAXSEAL_CONFIGURATION',
    });
    chmodSync(path, 0o644);
    expect(await rejectionOf(() => rotateLocalKey(path))).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
    expect(readFileSync(path, 'utf8')).toBe(before);
  });
});
