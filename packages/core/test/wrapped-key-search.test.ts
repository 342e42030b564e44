import { setTimeout as sleep } from 'node:timers/promises';

import type { Payload } from '@temporalio/common';
import { describe, expect, it } from '@jest/globals';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';
import {
  type WrittenWrappedKey,
  bytes,
  localWrap,
  protobuf,
  writeContext,
  writeEnvelope,
} from '@waxseal/test-support/vectors';

import { ConfigurationError, EnvelopeCodec, Keyring, KeyServiceError } from '../src';
import { TestKey } from './support/test-key';

const A = new TestKey('a');
const B = new TestKey('b');
const [FIRST, SECOND] = [bytes.fixed('first', 32), bytes.fixed('second', 32)];

function wrapped(key: TestKey, dataKey: Uint8Array): WrittenWrappedKey {
  const nonce = bytes.fixed(`${key.id} ${Buffer.from(dataKey).toString('hex')}`, 12);
  return { keyId: bytes.text(key.id), bytes: localWrap(key.material, key.id, nonce, dataKey) };
}

let salts = 0;

/** An envelope under `dataKey`, whatever its wrapped keys hold. */
function sealed(
  value: number,
  dataKey: Buffer,
  ...wrappedKeys: [WrittenWrappedKey, ...WrittenWrappedKey[]]
): Payload {
  const { envelope } = writeEnvelope({
    version: 1,
    suite: 1,
    dataKey,
    salt: bytes.fixed(`salt ${String((salts += 1))}`, 32),
    context: writeContext([]),
    wrappedKeys,
    plaintext: bytes.join(
      protobuf.metadataEntry('encoding', bytes.text('json/plain')),
      protobuf.data(bytes.text(String(value))),
    ),
  });
  const metadata = { encoding: bytes.text('binary/envelope'), 'encryption-key-id': wrappedKeys[0].keyId };
  return { metadata, data: envelope };
}

const reader = (): EnvelopeCodec => new EnvelopeCodec({ keyring: new Keyring({ decryptOnly: [A, B] }) });

/** Under the key of B, and with another of A. */
const MIXED = sealed(2, SECOND, wrapped(A, FIRST), wrapped(B, SECOND));
const OF_A = sealed(1, FIRST, wrapped(A, FIRST));
const OF_B = sealed(3, SECOND, wrapped(B, SECOND));

describe('an envelope whose wrapped keys hold different data keys opens the same', () => {
  it.each<[string, readonly Payload[]]>([
    ['by a fresh reader', []],
    ['by one that has the wrong data key in memory', [OF_A]],
    ['by one that has the right data key in memory', [OF_B]],
    ['by one that has both', [OF_A, OF_B]],
  ])('%s', async (_who, before) => {
    const codec = reader();
    for (const payload of before) await codec.decode([payload]);
    for (let round = 0; round < 2; round += 1) expect(await codec.decode([MIXED])).toEqual([jsonPayload(2)]);
  });

  it.each<[string, readonly Payload[]]>([
    ['by a fresh reader', []],
    ['by one that has both data keys in memory', [OF_A, OF_B]],
  ])('and fails the same where none is right, %s', async (_who, before) => {
    const third = sealed(4, bytes.fixed('third', 32), wrapped(A, FIRST), wrapped(B, SECOND));
    const codec = reader();
    for (const payload of before) await codec.decode([payload]);
    const error = await rejectionOf(() => codec.decode([third]));
    expect(error).toMatchObject({ code: 'WAXSEAL_DECRYPTION_FAILED' });
  });

  it('beside others of one call that have the same wrapped keys', async () => {
    const ofFirst = sealed(1, FIRST, wrapped(A, FIRST), wrapped(B, SECOND));
    const before = [A.unwraps, B.unwraps];
    const payloads = [MIXED, ofFirst, MIXED, ofFirst];
    expect(await reader().decode(payloads)).toEqual([2, 1, 2, 1].map((value) => jsonPayload(value)));
    expect([A.unwraps, B.unwraps]).toEqual(before.map((count) => count + 1));
  });

  it('beside one of the same call whose first wrapped key is the same, and whose second is not', async () => {
    const other = sealed(5, FIRST, wrapped(A, SECOND), wrapped(B, FIRST));
    const shared = sealed(6, FIRST, wrapped(A, SECOND), wrapped(B, SECOND));
    const codec = reader();
    expect(await codec.decode([other, MIXED])).toEqual([jsonPayload(5), jsonPayload(2)]);
    const error = await rejectionOf(() => codec.decode([other, shared]));
    expect(error).toMatchObject({ code: 'WAXSEAL_DECRYPTION_FAILED' });
  });
});

describe('where a key service is away', () => {
  const away = (key: TestKey): (() => void) => {
    key.failure = new KeyServiceError(key.id, 'unavailable');
    return () => {
      key.failure = undefined;
    };
  };

  it('and the other gives another data key, the envelope does not open', async () => {
    const back = away(B);
    const error = await rejectionOf(() => reader().decode([MIXED]));
    back();
    expect(error).toMatchObject({ code: 'WAXSEAL_DECRYPTION_FAILED' });
  });

  it('but what it unwrapped before is in memory past cacheTtl, the envelope opens', async () => {
    const keyring = new Keyring({ decryptOnly: [A, B] });
    const codec = new EnvelopeCodec({ keyring, dataKeys: { cacheTtl: 1 } });
    expect(await codec.decode([OF_B])).toEqual([jsonPayload(3)]);
    await sleep(10);
    const back = away(B);
    expect(await codec.decode([MIXED])).toEqual([jsonPayload(2)]);
    back();
  });
});

describe('a data key in memory past cacheTtl', () => {
  it.each<[string, () => Promise<Uint8Array>, string]>([
    ['32 other bytes', () => Promise.resolve(new Uint8Array(FIRST)), 'WAXSEAL_DECRYPTION_FAILED'],
    ['0 bytes', () => Promise.resolve(new Uint8Array()), 'WAXSEAL_DECRYPTION_FAILED'],
    ['a refusal', () => Promise.reject(new KeyServiceError('b', 'denied')), 'WAXSEAL_KEY_SERVICE'],
    ['no such key', () => Promise.reject(new ConfigurationError('none')), 'WAXSEAL_CONFIGURATION'],
  ])('is not used where its service answers: %s', async (_what, answer, code) => {
    const key = new TestKey('b', B.material);
    const codec = new EnvelopeCodec({
      keyring: new Keyring({ decryptOnly: [key] }),
      dataKeys: { cacheTtl: 1 },
    });
    expect(await codec.decode([OF_B])).toEqual([jsonPayload(3)]);
    await sleep(10);
    key.unwrap = answer;
    for (let round = 0; round < 2; round += 1) {
      expect(await rejectionOf(() => codec.decode([OF_B]))).toMatchObject({ code });
    }
  });

  it('is used while its service is away', async () => {
    const key = new TestKey('b', B.material);
    const codec = new EnvelopeCodec({
      keyring: new Keyring({ decryptOnly: [key] }),
      dataKeys: { cacheTtl: 1 },
    });
    await codec.decode([OF_B]);
    await sleep(10);
    key.failure = new KeyServiceError('b', 'unavailable');
    expect(await codec.decode([OF_B])).toEqual([jsonPayload(3)]);
  });
});

describe('a call that is over', () => {
  /** Twenty envelopes under data keys of their own, of which one does not open. */
  const page = (key: TestKey, wrong: number): Payload[] =>
    Array.from({ length: 20 }, (_, index) => {
      const dataKey = bytes.fixed(`page ${String((salts += 1))}`, 32);
      const payload = sealed(index, dataKey, wrapped(key, dataKey));
      const data = payload.data ?? new Uint8Array();
      return index === wrong ? { ...payload, data: bytes.flip(data, data.length - 1) } : payload;
    });

  it('by one payload is no fault of the others: a caller of many such pages may ask on', async () => {
    const key = new TestKey('a', A.material);
    const codec = new EnvelopeCodec({ keyring: new Keyring({ decryptOnly: [key] }) });
    const request = { caller: 'alice' };
    const unwrap = key.unwrap.bind(key);
    let asked = 0;
    // The others are under way when it fails.
    key.unwrap = async (...parameters) => {
      await sleep(asked++ % 20 === 7 ? 5 : 40);
      return unwrap(...parameters);
    };
    for (let round = 0; round < 6; round += 1) {
      asked = 0;
      const error = await rejectionOf(() => codec.decode(page(key, 7), undefined, { ...request }));
      expect(error).toMatchObject({ code: 'WAXSEAL_DECRYPTION_FAILED' });
    }
    expect(await codec.decode(page(key, -1), undefined, request)).toHaveLength(20);
  });

  it('asks no further key service', async () => {
    const keys = ['a', 'c', 'd'].map((id) => new TestKey(id));
    const [first] = keys;
    const release = first?.hold();
    const payload = sealed(1, FIRST, ...(keys.map((key) => wrapped(key, FIRST)) as [WrittenWrappedKey]));
    const codec = new EnvelopeCodec({ keyring: new Keyring({ decryptOnly: keys }) });
    const gone = new AbortController();
    const decoding = rejectionOf(() => codec.decode([payload], undefined, { signal: gone.signal }));
    await sleep(20);
    gone.abort(new Error('gone'));
    expect(await decoding).toMatchObject({ message: 'gone' });
    await sleep(20);
    expect(keys.map(({ unwraps }) => unwraps)).toEqual([1, 0, 0]);
    release?.();
  });
});

it('a payload that opens by the second of its keys is one lookup, and costs the first nothing', async () => {
  const lookups: boolean[] = [];
  const codec = new EnvelopeCodec({
    keyring: new Keyring({ decryptOnly: [A, B] }),
    telemetry: { dataKeyLookup: (isHit) => lookups.push(isHit) },
  });
  await codec.decode([OF_A]);
  const asked = A.unwraps;
  for (let round = 0; round < 80; round += 1) await codec.decode([MIXED]);
  expect(A.unwraps).toBe(asked);
  expect(lookups).toHaveLength(81);
  // The budget of those whose payloads open nothing is not touched.
  const other = sealed(9, SECOND, wrapped(A, SECOND));
  expect(await codec.decode([other])).toEqual([jsonPayload(9)]);
});

it('an envelope that no service opens alone is not opened beside another either', async () => {
  const alone = { ...wrapped(A, FIRST), bytes: bytes.fixed('no wrapped key', 61) };
  const codec = reader();
  const error = await rejectionOf(() => codec.decode([MIXED, sealed(1, FIRST, alone)]));
  expect(error).toMatchObject({ code: 'WAXSEAL_KEY_SERVICE' });
});
