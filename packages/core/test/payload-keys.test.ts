import { createHmac, createSecretKey } from 'node:crypto';

import { expect, it } from '@jest/globals';
import { bytes } from '@waxseal/test-support/vectors';

import { withPayloadKeys, type PayloadKeys } from '../src/envelope/cipher';

const DATA_KEY = bytes.fixed('payload keys data key', 32);
const SALT = bytes.fixed('payload keys salt', 32);
const dataKey = createSecretKey(DATA_KEY);

it('the keys of a payload are one block of HKDF-Expand', () => {
  const block = bytes.join(bytes.text('waxseal/v1/payload-keys'), Buffer.of(1, 1), SALT, Buffer.of(1));
  const okm = createHmac('sha512', DATA_KEY).update(block).digest();
  const derived = withPayloadKeys(dataKey, SALT, (keys) => bytes.join(keys.contentKey, keys.commitment));
  expect(derived).toEqual(okm);
});

it('the keys of a payload are zeroed after use, also when that fails', () => {
  const seen: PayloadKeys[] = [];
  withPayloadKeys(dataKey, SALT, (keys) => {
    seen.push(keys);
    expect(keys.contentKey.some((byte) => byte !== 0)).toBe(true);
  });
  expect(() =>
    withPayloadKeys(dataKey, SALT, (keys) => {
      seen.push(keys);
      throw new RangeError('no');
    }),
  ).toThrow('no');
  for (const { contentKey } of seen) expect(Buffer.from(contentKey)).toEqual(Buffer.alloc(32));
});
