import { createCipheriv, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import { serializePayload } from '@waxseal/core/internal';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import { SamplesCodec, type SamplesCodecOptions } from '../src';
import { bytes, KEYS, vector } from './support/peers';

/** What a sample writes, made without the code under test. */
function sealed(key: Uint8Array, metadata: Readonly<Record<string, string>>): Payload {
  const nonce = randomBytes(12);
  const name = `aes-${String(key.length * 8)}-gcm` as 'aes-256-gcm';
  const cipher = createCipheriv(name, key, nonce);
  const text = Buffer.concat([
    cipher.update(Buffer.concat(serializePayload(jsonPayload('secret')))),
    cipher.final(),
  ]);
  const entries = Object.entries({ encoding: 'binary/encrypted', ...metadata });
  return {
    metadata: Object.fromEntries(entries.map(([entry, value]) => [entry, bytes(value)])),
    data: bytes(Buffer.concat([nonce, text, cipher.getAuthTag()])),
  };
}

const key = randomBytes(32);

describe('a SamplesCodec', () => {
  it.each([16, 24, 32])('takes keys of %d bytes, as bytes, base64 or a function', async (length) => {
    const own = randomBytes(length);
    const keys = { bytes: own, text: own.toString('base64'), url: own.toString('base64url'), of: () => own };
    if (length === 24) Object.assign(keys, { text: own, url: () => own });
    const codec = new SamplesCodec({ keys });
    for (const id of Object.keys(keys)) {
      expect(await codec.decode([sealed(own, { 'encryption-key-id': id })])).toEqual([jsonPayload('secret')]);
    }
  });

  it('asks a function once for all who wait, and again after it failed', async () => {
    let calls = 0;
    const codec = new SamplesCodec({
      keys: {
        k: () => {
          calls += 1;
          if (calls === 1) throw new Error(`the file said ${key.toString('base64')}`);
          return Promise.resolve(key);
        },
      },
    });
    const payload = sealed(key, { 'encryption-key-id': 'k' });
    const error = await rejectionOf(() => codec.decode([payload]));
    expect(error).toMatchObject({ code: 'WAXSEAL_KEY_SERVICE', reason: 'unavailable', retryable: true });
    expect(inspect(error)).not.toContain(key.toString('base64'));
    await Promise.all([1, 2, 3].map(() => codec.decode([payload, payload])));
    await codec.decode([payload]);
    expect(calls).toBe(2);
  });

  it('names the key that it has not got, and the setting', async () => {
    const codec = new SamplesCodec({ keys: { k: key } });
    const error = await rejectionOf(() =>
      codec.decode([sealed(key, { 'encryption-key-id': 'old\u001b[2J' })]),
    );
    expect(error).toMatchObject({ code: 'WAXSEAL_PEER_FORMAT', reason: 'unknown-key', format: 'samples' });
    expect(error.message).toContain('"old\\u001b[2J": unknown-key. Add the key to keys of the SamplesCodec');
  });

  it.each(['__proto__', 'constructor', 'toString'])('does not take %s for a key', async (id) => {
    const codec = new SamplesCodec({ keys: { k: key } });
    const error = await rejectionOf(() => codec.decode([sealed(key, { 'encryption-key-id': id })]));
    expect(error).toMatchObject({ reason: 'unknown-key' });
  });

  it.each([{}, { 'encryption-key-id': '' }])(
    'opens payloads that name no key by emptyKeyId alone',
    async (metadata) => {
      const keys = { k: key };
      const payload = sealed(key, metadata);
      expect(await new SamplesCodec({ keys, emptyKeyId: 'k' }).decode([payload])).toEqual([
        jsonPayload('secret'),
      ]);
      const error = await rejectionOf(() => new SamplesCodec({ keys }).decode([payload]));
      expect(error).toMatchObject({ reason: 'unknown-key', keyId: undefined });
      expect(error.message).toContain('emptyKeyId');
    },
  );

  it('takes a key ID for a key only where it was given as one', async () => {
    const { payload } = vector('java');
    const codec = new SamplesCodec({
      keys: { k: key },
      keyIdsThatAreKeys: ['another-key-of-thirty-two-bytes!'],
    });
    const error = await rejectionOf(() => codec.decode([payload]));
    expect(error).toMatchObject({ reason: 'unknown-key' });
    expect(error.message).toContain('keyIdsThatAreKeys');
    expect(inspect(error)).not.toContain('test-key-test');
    expect(error['keyId']).toMatch(/^\(may be the key itself, SHA-256 [0-9a-f]{12}\)$/);
    // Nor where what tells a payload of Java was taken away, and its data changed.
    const metadata = { ...payload.metadata };
    delete metadata['encryption-cipher'];
    const known = new SamplesCodec({ keyIdsThatAreKeys: [KEYS.samples] });
    const damaged = await rejectionOf(() => known.decode([{ metadata, data: bytes('x'.repeat(60)) }]));
    expect(damaged).toMatchObject({ reason: 'damaged' });
    expect(inspect(damaged)).not.toContain('test-key-test');
    // A stranger who wrote under a key of his own cannot have it taken.
    const own = Buffer.from('a-key-of-somebody-else-32-bytes!');
    const forged = sealed(own, {
      'encryption-key-id': own.toString(),
      'encryption-cipher': 'AES/GCM/NoPadding',
    });
    expect(await rejectionOf(() => codec.decode([forged]))).toMatchObject({ reason: 'unknown-key' });
  });

  it('refuses another cipher', async () => {
    const payload = sealed(key, { 'encryption-key-id': 'k', 'encryption-cipher': 'AES/CBC/PKCS5Padding' });
    const error = await rejectionOf(() => new SamplesCodec({ keys: { k: key } }).decode([payload]));
    expect(error).toMatchObject({ reason: 'unsupported' });
  });

  it('leaves what brings a wrapped key along to the reader of temporal-proxy', async () => {
    const payload = sealed(key, { 'encryption-key-id': 'k', 'encryption-dek': 'AAAA' });
    const [same] = await new SamplesCodec({ keys: { k: key } }).decode([payload]);
    expect(same).toBe(payload);
    const empty = sealed(key, { 'encryption-key-id': 'k', 'encryption-dek': '' });
    expect(await new SamplesCodec({ keys: { k: key } }).decode([empty])).toEqual([jsonPayload('secret')]);
  });

  it('refuses what is no payload inside', async () => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    const data = bytes(
      Buffer.concat([nonce, cipher.update('no protobuf'), cipher.final(), cipher.getAuthTag()]),
    );
    const payload = { ...sealed(key, { 'encryption-key-id': 'k' }), data };
    const error = await rejectionOf(() => new SamplesCodec({ keys: { k: key } }).decode([payload]));
    expect(error).toMatchObject({ reason: 'damaged' });
  });

  it('shows no key', () => {
    const codec = new SamplesCodec({
      keys: { k: key, [`base64key://${key.toString('base64')}`]: key },
      keyIdsThatAreKeys: [KEYS.samples],
    });
    const shown = [inspect(codec, { showHidden: true, depth: 9 }), JSON.stringify(codec)].join('\n');
    for (const secret of [
      key.toString('base64'),
      key.toString('hex'),
      key.toString('latin1'),
      KEYS.samples,
    ]) {
      expect(shown).not.toContain(secret);
    }
    expect(shown).toContain('SHA-256');
  });

  it.each<[string, unknown]>([
    ['at least one key', {}],
    ['at least one key', undefined],
    ['"key" is not an option', { key }],
    ['keys must be an object', { keys: [key] }],
    ['keys["k"] must be a key of 16, 24, 32 bytes', { keys: { k: randomBytes(31) } }],
    ['keys["k"] must be a key of 16, 24, 32 bytes', { keys: { k: 'test-key-test-key-test-key-test!' } }],
    ['32 characters may be a key of 32 bytes', { keys: { k: randomBytes(24).toString('base64') } }],
    ['has an empty ID', { keys: { '': key } }],
    ['emptyKeyId must be the ID of one of keys', { keys: { k: key }, emptyKeyId: 'other' }],
    ['keyIdsThatAreKeys[0] (SHA-256', { keyIdsThatAreKeys: ['short'] }],
    ['keyIdsThatAreKeys must be an array', { keyIdsThatAreKeys: 'short' }],
  ])('says %s', (text, options) => {
    expect(() => new SamplesCodec(options as SamplesCodecOptions)).toThrow(text);
  });
});
