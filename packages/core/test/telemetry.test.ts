import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import {
  EnvelopeCodec,
  Keyring,
  KeyServiceError,
  type DataKeyState,
  type KeyringKey,
  type Telemetry,
} from '../src';
import { markFailurePayload } from '../src/codec/failure-payload';
import { formsOf } from './support/forms-of';
import { TestKey } from './support/test-key';
import { textsOf } from './support/texts-of';

let told: unknown[][];
let key: TestKey;
let states: () => readonly DataKeyState[];

const recorder: Telemetry = {
  keyRequest: async (request, ask) => {
    told.push(['asks', request]);
    try {
      const given = await (ask as () => Promise<unknown>)();
      told.push(['given', given]);
    } finally {
      told.push(['asked', request.operation]);
    }
  },
  keyRequestSkipped: ({ operation }, because) => told.push(['skipped', operation, because]),
  dataKeyLookup: (isHit) => told.push(['lookup', isHit]),
  staleDataKeyUsed: (keyId) => told.push(['stale', keyId]),
  breakerChanged: (keyId, state) => told.push(['breaker', keyId, state]),
  failureRedacted: (part) => told.push(['redacted', part]),
  observeDataKeys: (observed) => {
    states = observed;
    return () => told.push(['closed']);
  },
};

beforeEach(() => {
  jest.useFakeTimers();
  told = [];
  key = new TestKey('a');
});
afterEach(() => {
  jest.useRealTimers();
});

const codecWith = (telemetry: Telemetry): EnvelopeCodec =>
  new EnvelopeCodec({ keyring: new Keyring({ primary: key }), telemetry });

/** What was told that begins with one of these words. */
const about = (...words: string[]): unknown[][] => told.filter(([word]) => words.includes(String(word)));

it('is told of requests, look-ups and the data key in use', async () => {
  const codec = codecWith(recorder);
  expect(states()).toEqual([]);
  const sealed = await codec.encode([jsonPayload('ab')]);
  await codec.decode(sealed);
  expect(told).toEqual([
    ['asks', { operation: 'wrap', keyId: 'a', provider: 'unknown' }],
    ['given', undefined],
    ['asked', 'wrap'],
    ['lookup', true],
  ]);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(states()).toEqual([
    {
      keyId: 'a',
      ageMs: expect.closeTo(1_000, -2),
      messages: 1,
      bytes: expect.any(Number),
      isShared: false,
    },
  ]);
  codec.close();
  expect(about('closed')).toHaveLength(1);
});

it('is told of the keys of its keyring and their roles, before anything is encrypted', () => {
  const closed = jest.fn();
  let keys: () => readonly KeyringKey[] = () => [];
  const telemetry: Telemetry = {
    observeKeys: (observed) => {
      keys = observed;
      return closed;
    },
  };
  const [primary, next] = [key, new TestKey('next')];
  const keyring = new Keyring({ primary, decryptOnly: [next] });
  const codec = new EnvelopeCodec({ keyring, telemetry });
  expect(keys()).toEqual([
    { keyId: 'a', role: 'primary' },
    { keyId: 'next', role: 'decryptOnly' },
  ]);
  codec.close();
  codec.close();
  expect(closed).toHaveBeenCalledTimes(1);
});

it('is told, where a function chooses keyrings, of those that are in use', async () => {
  let keys: () => readonly KeyringKey[] = () => [];
  const keyring = new Keyring({ primary: key });
  const codec = new EnvelopeCodec({
    keyring: () => keyring,
    telemetry: {
      observeKeys: (observed) => {
        keys = observed;
        return () => undefined;
      },
    },
  });
  expect(keys()).toEqual([]);
  await codec.encode([jsonPayload(1)]);
  expect(keys()).toEqual([{ keyId: 'a', role: 'primary' }]);
  codec.close();
  expect(keys()).toEqual([]);
});

it('gets no data key, whatever it keeps', async () => {
  const kept: unknown[] = [];
  const greedy: Telemetry = {
    keyRequest: async (request, ask) => {
      const asked = ask();
      kept.push(request, ask, asked, await (ask as () => Promise<unknown>)());
    },
    dataKeyLookup: (...given) => kept.push(given),
    observeDataKeys: (observed) => {
      kept.push(observed);
      return () => kept.push(observed());
    },
  };
  const writer = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
  const codec = codecWith(greedy);
  await codec.decode(await writer.encode([jsonPayload(1)]));
  await codec.encode([jsonPayload(1)]);
  codec.close();
  writer.close();
  const shown = textsOf(kept);
  for (const secret of [...key.seen, key.material]) {
    for (const form of formsOf(secret)) expect(shown.includes(form)).toBe(false);
  }
  expect(kept.length).toBeGreaterThan(5);
});

it('may leave what ask() gives alone, also where the request fails', async () => {
  const unhandled: unknown[] = [];
  const listener = (reason: unknown): void => {
    unhandled.push(reason);
  };
  process.on('unhandledRejection', listener);
  const codec = codecWith({
    keyRequest: (_request, ask) => {
      void ask();
      return Promise.resolve();
    },
  });
  key.failure = new KeyServiceError('a', 'denied');
  await rejectionOf(() => codec.encode([jsonPayload(1)]));
  jest.useRealTimers();
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.off('unhandledRejection', listener);
  expect(unhandled).toEqual([]);
  codec.close();
});

it('is told of skipped requests, the breaker and stale use', async () => {
  const codec = codecWith(recorder);
  const elsewhere = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
  const sealed = await elsewhere.encode([jsonPayload(0)]);
  await codec.encode([jsonPayload(1)]);
  key.failure = new KeyServiceError('a', 'unavailable');
  await jest.advanceTimersByTimeAsync(2 * 3_600_000);
  await codec.encode([jsonPayload(2)]);
  expect(about('stale')).toEqual([['stale', 'a']]);
  for (let count = 0; count < 3; count++) await rejectionOf(() => codec.decode(sealed));
  expect(about('breaker')).toContainEqual(['breaker', 'a', 'open']);
  expect(about('skipped')).toContainEqual(['skipped', 'unwrap', 'breaker']);
  expect(about('lookup')).toContainEqual(['lookup', false]);
  key.failure = new KeyServiceError('a', 'denied');
  await jest.advanceTimersByTimeAsync(15_000);
  for (let count = 0; count < 2; count++) await rejectionOf(() => codec.decode(sealed));
  expect(about('skipped')).toContainEqual(['skipped', 'unwrap', 'negative-cache']);
  codec.close();
  elsewhere.close();
});

it('is told of each part of a failure that was redacted', async () => {
  const codec = codecWith(recorder);
  key.failure = new KeyServiceError('a', 'unavailable');
  const parts: Payload[] = [
    markFailurePayload(jsonPayload('message'), 'attributes'),
    markFailurePayload(jsonPayload('card'), 'details'),
  ];
  await codec.encode(parts);
  expect(about('redacted')).toEqual([
    ['redacted', 'attributes'],
    ['redacted', 'details'],
  ]);
  codec.close();
});

it('changes nothing where it throws, rejects, asks twice or never', async () => {
  const broken = (): never => {
    throw new Error('observer');
  };
  const observers: Telemetry[] = [
    {
      keyRequest: broken,
      keyRequestSkipped: broken,
      dataKeyLookup: broken,
      staleDataKeyUsed: broken,
      breakerChanged: broken,
      failureRedacted: broken,
      observeDataKeys: broken,
    },
    { keyRequest: () => Promise.reject(new Error('observer')) },
    { keyRequest: async (_request, ask) => (await ask(), ask()) },
    { keyRequest: () => new Promise(() => undefined) },
  ];
  for (const telemetry of observers) {
    const before = key.wraps;
    const codec = codecWith(telemetry);
    const sealed = await codec.encode([jsonPayload(1)]);
    expect(await codec.decode(sealed)).toEqual([jsonPayload(1)]);
    expect(key.wraps).toBe(before + 1);
    codec.close();
  }
});
