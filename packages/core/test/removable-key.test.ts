import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { createSecretKey } from 'node:crypto';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import { EnvelopeCodec, KeyServiceError, Keyring, type KeyringContext } from '../src';
import { dataKeyLimits } from '../src/data-keys/data-key-options';
import { DecodingKeys } from '../src/data-keys/decoding-keys';
import { EncodingKeys } from '../src/data-keys/encoding-keys';
import { TestKey } from './support/test-key';
import { workflowContext } from './support/workflow-context';

/** A key that can be removed for good, so that nothing may outlive it. */
class RemovableKey extends TestKey {
  readonly keepDataKeysMs = 10_000;
}

const clock = { now: () => Date.now() };
const { signal } = new AbortController();
let key: RemovableKey;

beforeEach(() => {
  jest.useFakeTimers();
  key = new RemovableKey('removable');
});
afterEach(() => {
  jest.useRealTimers();
});

function encodingKeys(): EncodingKeys {
  const keyring = new Keyring({ primary: key });
  return new EncodingKeys(keyring, dataKeyLimits(), clock, undefined, signal, () => undefined);
}

it('has its data keys used for encoding no longer than it says, in an outage neither', async () => {
  const keys = encodingKeys();
  const first = await keys.acquire(1);
  jest.setSystemTime(Date.now() + 5_000);
  expect(await keys.acquire(1)).toBe(first);
  key.failure = new KeyServiceError(key.id, 'unavailable');
  jest.setSystemTime(Date.now() + 4_999);
  expect(await keys.acquire(1)).toBe(first);
  jest.setSystemTime(Date.now() + 1);
  expect(await rejectionOf(() => Promise.resolve(keys.acquire(1)))).toMatchObject({ reason: 'unavailable' });
  key.failure = undefined;
  expect(await keys.acquire(1)).not.toBe(first);
  keys.retire();
});

it('is asked for no data key ahead of time while nothing is encoded', async () => {
  const keys = encodingKeys();
  await keys.acquire(1);
  await jest.advanceTimersByTimeAsync(3_600_000);
  expect(key.wraps).toBe(1);
  expect(jest.getTimerCount()).toBe(0);
  keys.sweep();
  await keys.acquire(1);
  expect(key.wraps).toBe(2);
  keys.retire();
});

it('has data keys kept for decoding no longer than it says, in an outage neither', () => {
  const keyring = new Keyring({ primary: key, decryptOnly: [new TestKey('lasting')] });
  const keys = new DecodingKeys(dataKeyLimits(), clock, undefined, signal);
  const kept = ['removable', 'lasting'].map((keyId, index) => {
    const kek = keyring.findGuarded(keyId);
    if (kek === undefined) throw new Error('The keyring lacks a key.');
    const candidate = { kek, wrapped: { keyId, bytes: Uint8Array.of(index) } };
    keys.keep(candidate, createSecretKey(Buffer.alloc(32, index)));
    return candidate;
  });
  const inMemory = (): boolean[] => kept.map((candidate) => keys.getStale(candidate) !== undefined);
  jest.advanceTimersByTime(9_999);
  expect([inMemory(), kept.map((candidate) => keys.get(candidate) !== undefined)]).toEqual([
    [true, true],
    [true, true],
  ]);
  jest.advanceTimersByTime(2);
  expect(keys.size).toBe(2);
  keys.sweep();
  expect(keys.size).toBe(1);
  expect(inMemory()).toEqual([false, true]);
  keys.retire();
});

it('is chosen for each payload by its mark, within one call', async () => {
  jest.useRealTimers();
  const keys: Record<string, TestKey> = {
    ada: new TestKey('of-ada'),
    bob: new TestKey('of-bob'),
    '': new TestKey('of-nobody'),
  };
  const keyrings = Object.fromEntries(
    Object.entries(keys).map(([name, primary]) => [name, new Keyring({ primary })]),
  );
  const seen: KeyringContext[] = [];
  const codec = new EnvelopeCodec({
    keyring: (context) => {
      seen.push(context);
      const { subject = '', keyId } = context;
      const found = keyId === undefined ? keyrings[subject] : keyrings[keyId.replace(/^of-(nobody)?/, '')];
      if (found === undefined) throw new Error('There is no keyring.');
      return found;
    },
  });
  const marked = (subject: string): ReturnType<typeof jsonPayload> => ({
    ...jsonPayload(subject),
    metadata: { ...jsonPayload(subject).metadata, 'waxseal-subject': new Uint8Array(Buffer.from(subject)) },
  });
  const payloads = [marked('ada'), jsonPayload(1), marked('bob'), marked('ada')];
  const encoded = await codec.encode(payloads, workflowContext('shop', 'w'));
  expect(
    encoded.map(({ metadata }) => Buffer.from(metadata?.['encryption-key-id'] ?? []).toString()),
  ).toEqual(['of-ada', 'of-nobody', 'of-bob', 'of-ada']);
  expect(seen.map(({ subject }) => subject)).toEqual(['ada', undefined, 'bob', 'ada']);
  expect(await codec.decode(encoded, workflowContext('shop', 'w'))).toEqual(payloads);
  expect(Object.values(keys).map(({ wraps }) => wraps)).toEqual([1, 1, 1]);
  const overlong = { ...jsonPayload(1), metadata: { 'waxseal-subject': new Uint8Array(513).fill(97) } };
  for (const wrong of [overlong, { metadata: { 'waxseal-subject': new Uint8Array() } }]) {
    expect(await rejectionOf(() => codec.encode([wrong]))).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
  }
  codec.close();
});
