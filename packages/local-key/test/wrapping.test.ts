import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import { rejectionOf } from '@waxseal/test-support';

import { LocalKey } from '../src';

const MATERIAL = randomBytes(32);
const DATA_KEY = randomBytes(32);
const AAD = Buffer.from('waxseal/v1/data-key');
const ID = 'clé/v1';
const key = new LocalKey({ id: ID, key: MATERIAL });
const REJECTED = { code: 'WAXSEAL_KEY_SERVICE', reason: 'rejected-ciphertext', retryable: false };

/** The cipher's AAD, as docs/spec/local-key.md §1 says. */
function cipherAad(keyId: string, aad: Uint8Array): Buffer {
  const id = Buffer.from(keyId);
  return Buffer.concat([
    Buffer.from('waxseal/v1/local-key'),
    Buffer.of(id.length >> 8, id.length & 0xff),
    id,
    aad,
  ]);
}

describe('wrap', () => {
  it('writes what the format says', async () => {
    const { keyId, bytes } = await key.wrap(DATA_KEY, AAD);
    expect([keyId, bytes.length, bytes[0]]).toEqual([ID, 61, 1]);
    const decipher = createDecipheriv('aes-256-gcm', MATERIAL, bytes.subarray(1, 13));
    decipher.setAAD(cipherAad(ID, AAD)).setAuthTag(bytes.subarray(45));
    expect(Buffer.concat([decipher.update(bytes.subarray(13, 45)), decipher.final()])).toEqual(DATA_KEY);
  });

  it('gives fresh bytes in a buffer of their own each time, and leaves the data key alone', async () => {
    const before = Buffer.from(DATA_KEY);
    const wrapped = await Promise.all(Array.from({ length: 100 }, () => key.wrap(DATA_KEY, AAD)));
    expect(new Set(wrapped.map(({ bytes }) => Buffer.from(bytes.subarray(1, 13)).toString('hex'))).size).toBe(
      100,
    );
    expect(wrapped.every(({ bytes }) => bytes.byteOffset === 0 && bytes.buffer.byteLength === 61)).toBe(true);
    expect(DATA_KEY).toEqual(before);
  });
});

describe('unwrap', () => {
  it('reads what the format says, in a buffer that the caller may zero', async () => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', MATERIAL, nonce).setAAD(cipherAad(ID, AAD));
    const bytes = Buffer.concat([
      Buffer.of(1),
      nonce,
      cipher.update(DATA_KEY),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    const first = await key.unwrap({ keyId: ID, bytes }, AAD);
    expect(Buffer.from(first)).toEqual(DATA_KEY);
    first.fill(0);
    expect(Buffer.from(await key.unwrap({ keyId: ID, bytes }, AAD))).toEqual(DATA_KEY);
  });

  it('rejects a wrapped key with any bit changed', async () => {
    const { bytes } = await key.wrap(DATA_KEY, AAD);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(await rejectionOf(() => key.unwrap({ keyId: ID, bytes: changed }, AAD))).toMatchObject(REJECTED);
    }
  });

  it('rejects a wrapped key that is cut anywhere, or longer', async () => {
    const { bytes } = await key.wrap(DATA_KEY, AAD);
    for (let length = 0; length < bytes.length; length++) {
      const cut = { keyId: ID, bytes: bytes.subarray(0, length) };
      expect(await rejectionOf(() => key.unwrap(cut, AAD))).toMatchObject(REJECTED);
    }
    const longer = { keyId: ID, bytes: Buffer.concat([bytes, Buffer.of(0)]) };
    expect(await rejectionOf(() => key.unwrap(longer, AAD))).toMatchObject(REJECTED);
  });

  it('rejects another AAD, another key, and another key ID of the same key', async () => {
    const wrapped = await key.wrap(DATA_KEY, AAD);
    for (const aad of [Buffer.from('waxseal/v1/data-kez'), Buffer.alloc(0), AAD.subarray(1)]) {
      expect(await rejectionOf(() => key.unwrap(wrapped, aad))).toMatchObject(REJECTED);
    }
    const other = new LocalKey({ id: ID, key: randomBytes(32) });
    expect(await rejectionOf(() => other.unwrap(wrapped, AAD))).toMatchObject(REJECTED);
    const renamed = new LocalKey({ id: 'clé/v2', key: MATERIAL });
    const moved = { keyId: 'clé/v2', bytes: wrapped.bytes };
    expect(await rejectionOf(() => renamed.unwrap(moved, AAD))).toMatchObject({
      ...REJECTED,
      keyId: 'clé/v2',
    });
  });

  it('does not have a key ID that it was not given', async () => {
    const { bytes } = await key.wrap(DATA_KEY, AAD);
    for (const keyId of ['clé/v2', 'clé', '', '__proto__']) {
      const error = await rejectionOf(() => key.unwrap({ keyId, bytes }, AAD));
      expect(error).toMatchObject({ code: 'WAXSEAL_KEY_SERVICE', reason: 'not-found', retryable: false });
    }
  });
});

it('a signal that is aborted ends both', async () => {
  const wrapped = await key.wrap(DATA_KEY, AAD);
  const options = { signal: AbortSignal.abort() };
  const unavailable = { code: 'WAXSEAL_KEY_SERVICE', reason: 'unavailable', retryable: true };
  expect(await rejectionOf(() => key.wrap(DATA_KEY, AAD, options))).toMatchObject(unavailable);
  expect(await rejectionOf(() => key.unwrap(wrapped, AAD, options))).toMatchObject(unavailable);
  const live = { signal: new AbortController().signal };
  expect(await key.unwrap(wrapped, AAD, live)).toHaveLength(32);
});
