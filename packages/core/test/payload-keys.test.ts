import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

import { expect, it } from '@jest/globals';
import { rejectionOf } from '@waxseal/test-support';
import { bytes } from '@waxseal/test-support/vectors';

import { derivePayloadKeys, forgetPayloadKeys, isCommittedTo, open, seal } from '../src/envelope/cipher';
import { aadTemplate, type Envelope, parseEnvelope, serializeWrappedKeys } from '../src/envelope/envelope';

const DATA_KEY = bytes.fixed('payload keys data key', 32);
const SALT = bytes.fixed('payload keys salt', 32);
const dataKey = createSecretKey(DATA_KEY);
const otherKey = createSecretKey(bytes.fixed('another data key', 32));
const KEY_ID = Buffer.from('orders/v1');
const wrapped = { keyId: 'orders/v1', bytes: Buffer.alloc(61) };
const aad = aadTemplate(KEY_ID, new Uint8Array(), serializeWrappedKeys([wrapped]));

const sealed = (): Uint8Array => seal(dataKey, aad, [Buffer.from('plaintext')]);
const envelope = (): Envelope => parseEnvelope('orders/v1', sealed());

function damaged(): Envelope {
  const data = sealed();
  data[data.length - 1] = (data.at(-1) ?? 0) ^ 1;
  return parseEnvelope('orders/v1', data);
}

it('the keys of a payload are one block of HKDF-Expand', () => {
  const block = bytes.join(bytes.text('waxseal/v1/payload-keys'), Buffer.of(1, 1), SALT, Buffer.of(1));
  const okm = createHmac('sha512', DATA_KEY).update(block).digest();
  expect(Buffer.from(derivePayloadKeys(dataKey, SALT))).toEqual(okm);
  forgetPayloadKeys();
});

const noKeys = Buffer.alloc(64);

const noDataKey = undefined as unknown as KeyObject;

it.each<[string, () => unknown]>([
  ['sealed', () => seal(dataKey, aad, [])],
  ['opened', () => open(envelope(), dataKey, KEY_ID)],
  ['refused for its commitment', () => open(envelope(), otherKey, KEY_ID)],
  ['refused for its tag', () => rejectionOf(async () => Promise.resolve(open(damaged(), dataKey, KEY_ID)))],
  ['looked at for its data key', () => isCommittedTo(envelope(), dataKey)],
  [
    'not sealed, for there is no data key',
    () => rejectionOf(async () => Promise.resolve(seal(noDataKey, aad, []))),
  ],
])('no key of a payload is in memory after it was %s', async (_, act) => {
  const keys = derivePayloadKeys(dataKey, SALT);
  expect(Buffer.from(keys)).not.toEqual(noKeys);
  await act();
  expect(Buffer.from(keys)).toEqual(noKeys);
});
