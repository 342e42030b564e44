import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import {
  EnvelopeCodec,
  Keyring,
  KeyServiceError,
  type KeyringRequestOptions,
  type KeyServiceErrorReason,
} from '../src';
import { TestKey } from './support/test-key';

let codecs: EnvelopeCodec[];

beforeEach(() => {
  jest.useFakeTimers();
  codecs = [];
});
afterEach(() => {
  for (const codec of codecs) codec.close();
  jest.useRealTimers();
});

function codecWith(keyring: Keyring): EnvelopeCodec {
  const codec = new EnvelopeCodec({ keyring });
  codecs.push(codec);
  return codec;
}

/** Payloads under a data key each, as many processes write them. */
async function payloadsOf(keys: { primary: TestKey; additional?: TestKey[] }, count: number) {
  const sealed = [];
  for (let index = 0; index < count; index++) {
    const [payload] = await codecWith(new Keyring(keys)).encode([jsonPayload(index)]);
    if (payload !== undefined) sealed.push(payload);
  }
  return sealed;
}

function failWith(key: TestKey, reason: KeyServiceErrorReason | undefined): void {
  key.failure = reason === undefined ? undefined : new KeyServiceError(key.id, reason);
}

describe('requests of a keyring', () => {
  it.each(['unavailable', 'timeout', 'throttled'] as const)(
    'are refused at once after five that ended with %s, and made again after a probe',
    async (reason) => {
      const key = new TestKey('a');
      const sealed = await payloadsOf({ primary: key }, 10);
      const codec = codecWith(new Keyring({ primary: key }));
      failWith(key, reason);
      for (const payload of sealed) {
        expect(await rejectionOf(() => codec.decode([payload]))).toMatchObject({ retryable: true });
      }
      expect(key.unwraps).toBe(5);
      failWith(key, undefined);
      await jest.advanceTimersByTimeAsync(5_000);
      await Promise.all(sealed.slice(0, 1).map((payload) => codec.decode([payload])));
      expect(key.unwraps).toBe(6);
      await Promise.all(sealed.map((payload) => codec.decode([payload])));
      expect(key.unwraps).toBe(15);
    },
  );

  it('are not stopped for all by what one payload can cause', async () => {
    const key = new TestKey('a');
    const sealed = await payloadsOf({ primary: key }, 20);
    const codec = codecWith(new Keyring({ primary: key }));
    failWith(key, 'unknown');
    for (const payload of sealed.slice(1)) await rejectionOf(() => codec.decode([payload]));
    expect(key.unwraps).toBe(19);
    failWith(key, undefined);
    await codec.decode(sealed.slice(0, 1));
  });

  it.each(['denied', 'disabled', 'not-found', 'rejected-ciphertext'] as const)(
    'are not made again for five seconds after %s, and for that wrapped key only',
    async (reason) => {
      const key = new TestKey('a');
      const [one, other] = await payloadsOf({ primary: key }, 2);
      if (one === undefined || other === undefined) throw new Error('No payloads.');
      const codec = codecWith(new Keyring({ primary: key }));
      failWith(key, reason);
      const errors = [];
      for (let count = 0; count < 3; count++) errors.push(await rejectionOf(() => codec.decode([one])));
      expect(errors).toMatchObject([{ reason }, { reason }, { reason }]);
      expect(new Set(errors).size).toBe(3);
      expect(key.unwraps).toBe(1);
      failWith(key, undefined);
      await codec.decode([other]);
      await jest.advanceTimersByTimeAsync(5_001);
      await codec.decode([one]);
      expect(key.unwraps).toBe(3);
    },
  );

  it('are limited in number', async () => {
    const key = new TestKey('a');
    const sealed = await payloadsOf({ primary: key }, 9);
    const codec = codecWith(new Keyring({ primary: key, requests: { maxConcurrent: 4 } }));
    const release = key.hold();
    const all = Promise.all(sealed.map((payload) => codec.decode([payload])));
    await jest.advanceTimersByTimeAsync(10);
    expect(key.unwraps).toBe(4);
    release();
    await all;
    expect(key.unwraps).toBe(9);
  });

  it.each<[KeyringRequestOptions | undefined, object]>([
    [undefined, { attemptTimeoutMs: 2_000, totalTimeoutMs: 6_000, maxAttempts: 3 }],
    [{ maxAttempts: 1 }, { attemptTimeoutMs: 2_000, totalTimeoutMs: 6_000, maxAttempts: 1 }],
    [
      { attemptTimeout: '500ms', totalTimeout: '1s' },
      { attemptTimeoutMs: 500, totalTimeoutMs: 1_000, maxAttempts: 3 },
    ],
  ])('hand %j to every key', async (requests, limits) => {
    const [primary, second] = [new TestKey('a'), new TestKey('b')];
    const wraps = [primary, second].map((key) => jest.spyOn(key, 'wrap'));
    await new Keyring({ primary, additional: [second], requests }).wrap(new Uint8Array(32));
    for (const wrap of wraps) {
      expect(wrap.mock.lastCall?.slice(2)).toEqual([expect.objectContaining({ limits })]);
    }
  });

  it.each<[KeyringRequestOptions | null, string]>([
    [{ maxConcurrent: 0 }, 'requests.maxConcurrent'],
    [{ breaker: { threshold: 1.5 } }, 'requests.breaker.threshold'],
    [{ breaker: { resetAfter: '2 parsecs' } }, 'requests.breaker.resetAfter'],
    [{ negativeCacheTtl: '2h' }, 'requests.negativeCacheTtl'],
    [{ attemptTimeout: 0 }, 'requests.attemptTimeout'],
    [{ totalTimeout: '2m' }, 'requests.totalTimeout'],
    [{ totalTimeout: 'soon' }, 'requests.totalTimeout'],
    [{ maxAttempts: 0 }, 'requests.maxAttempts'],
    [{ totalTimout: '1s' } as KeyringRequestOptions, 'requests.totalTimout'],
    [null, 'requests'],
  ])('cannot be set to %j', (requests, field) => {
    const make = (): Keyring =>
      new Keyring({ primary: new TestKey('a'), requests: requests as KeyringRequestOptions });
    expect(make).toThrow(field);
  });
});

describe('several keys', () => {
  const keys = (): { primary: TestKey; additional: TestKey[]; all: [TestKey, TestKey] } => {
    const all: [TestKey, TestKey] = [new TestKey('a'), new TestKey('b')];
    return { primary: all[0], additional: [all[1]], all };
  };

  it('are asked in turn, the one first that answered the last time', async () => {
    const { primary, additional, all } = keys();
    const sealed = await payloadsOf({ primary, additional }, 8);
    const codec = codecWith(new Keyring({ primary, additional }));
    failWith(all[0], 'unavailable');
    for (const payload of sealed) await codec.decode([payload]);
    expect([all[0].unwraps, all[1].unwraps]).toEqual([5, 8]);
  });

  it('are not waited for where another answers: not for a probe either', async () => {
    const { primary, additional, all } = keys();
    const [last, ...sealed] = await payloadsOf({ primary, additional }, 6);
    const codec = codecWith(new Keyring({ primary, additional }));
    failWith(all[0], 'unavailable');
    for (const payload of sealed) await codec.decode([payload]);
    await jest.advanceTimersByTimeAsync(5_000);
    all[0].hold();
    await codec.decode(last === undefined ? [] : [last]);
    expect([all[0].unwraps, all[1].unwraps]).toEqual([5, 6]);
  });

  it('share the time: one that hangs does not hold up the other', async () => {
    const { primary, additional, all } = keys();
    const sealed = await payloadsOf({ primary, additional }, 1);
    const codec = codecWith(new Keyring({ primary, additional }));
    all[0].hold();
    const decoded = codec.decode(sealed);
    await jest.advanceTimersByTimeAsync(1_500);
    expect(await decoded).toHaveLength(1);
  });

  it('say each what it said, when none opens the payload', async () => {
    const { primary, additional, all } = keys();
    const sealed = await payloadsOf({ primary, additional }, 1);
    const codec = codecWith(new Keyring({ primary, additional }));
    failWith(all[0], 'denied');
    failWith(all[1], 'throttled');
    const error = await rejectionOf(() => codec.decode(sealed));
    expect(error).toMatchObject({
      keyId: 'b',
      reason: 'throttled',
      retryable: true,
      attempts: [
        { keyId: 'a', reason: 'denied' },
        { keyId: 'b', reason: 'throttled' },
      ],
    });
    expect(error.message).toContain('"a": denied, "b": throttled');
  });

  it('end together after six seconds when all of them hang', async () => {
    const { primary, additional, all } = keys();
    const sealed = await payloadsOf({ primary, additional }, 1);
    const codec = codecWith(new Keyring({ primary, additional }));
    for (const key of all) key.hold();
    const error = rejectionOf(() => codec.decode(sealed));
    await jest.advanceTimersByTimeAsync(6_000);
    expect(await error).toMatchObject({ reason: 'timeout' });
  });
});

describe('an encode that waits for its turn', () => {
  it('ends after six seconds, the time in the queue included', async () => {
    const key = new TestKey('a');
    const sealed = await payloadsOf({ primary: key }, 2);
    const codec = codecWith(new Keyring({ primary: key, requests: { maxConcurrent: 1 } }));
    key.hold();
    const decodes = sealed.map((payload) => rejectionOf(() => codec.decode([payload])));
    await jest.advanceTimersByTimeAsync(1_000);
    let end: unknown;
    codec.encode([jsonPayload(1)]).catch((error: unknown) => (end = error));
    await jest.advanceTimersByTimeAsync(5_999);
    expect(end).toBeUndefined();
    await jest.advanceTimersByTimeAsync(1);
    expect(end).toMatchObject({ reason: 'timeout', keyId: 'a' });
    await Promise.all(decodes);
  });
});

describe('wrapPolicy', () => {
  it('all: encodes under nothing that one of the keys did not wrap', async () => {
    const [a, b] = [new TestKey('a'), new TestKey('b')];
    failWith(b, 'unavailable');
    const codec = codecWith(new Keyring({ primary: a, additional: [b] }));
    expect(await rejectionOf(() => codec.encode([jsonPayload(1)]))).toMatchObject({ keyId: 'b' });
  });

  it.each([0, 1])('atLeastOne: encodes while key %i is away, and soon under both again', async (away) => {
    const all = [new TestKey('a'), new TestKey('b')] as const;
    const [a, b] = all;
    const keyring = new Keyring({ primary: a, additional: [b], wrapPolicy: 'atLeastOne' });
    const codec = codecWith(keyring);
    const gone = all[away] ?? a;
    const there = gone === a ? b : a;
    failWith(gone, 'unavailable');
    const [payload] = await codec.encode([jsonPayload(1)]);
    const keyIdOf = (sealed: typeof payload): string =>
      Buffer.from(sealed?.metadata?.['encryption-key-id'] ?? []).toString();
    expect(keyIdOf(payload)).toBe(there.id);
    const reader = codecWith(new Keyring({ decryptOnly: [there] }));
    expect(await reader.decode(payload === undefined ? [] : [payload])).toEqual([jsonPayload(1)]);
    failWith(gone, undefined);
    await jest.advanceTimersByTimeAsync(60_000);
    const [later] = await codec.encode([jsonPayload(2)]);
    expect(keyIdOf(later)).toBe('a');
    for (const key of all) {
      const alone = codecWith(new Keyring({ decryptOnly: [key] }));
      expect(await alone.decode(later === undefined ? [] : [later])).toEqual([jsonPayload(2)]);
    }
  });

  it('atLeastOne: encodes nothing while both are away', async () => {
    const [a, b] = [new TestKey('a'), new TestKey('b')];
    for (const key of [a, b]) failWith(key, 'unavailable');
    const codec = codecWith(new Keyring({ primary: a, additional: [b], wrapPolicy: 'atLeastOne' }));
    expect(await rejectionOf(() => codec.encode([jsonPayload(1)]))).toMatchObject({ reason: 'unavailable' });
  });

  it('takes no other word', () => {
    const make = (): Keyring => new Keyring({ primary: new TestKey('a'), wrapPolicy: 'some' as 'all' });
    expect(make).toThrow('wrapPolicy');
  });
});

describe('a wrapped key that its key cannot have made', () => {
  it.each<[string, string, number, KeyServiceErrorReason]>([
    ['names another key', 'b', 61, 'not-found'],
    ['names a version of it that there is not', 'a/v2', 61, 'not-found'],
    ['has no bytes', 'a', 0, 'rejected-ciphertext'],
    ['has more bytes than an envelope holds', 'a', 4097, 'rejected-ciphertext'],
  ])('is refused without asking the key: it %s', async (_what, keyId, length, reason) => {
    const key = new TestKey('a');
    const guarded = new Keyring({ primary: key }).findGuarded('a');
    const wrapped = { keyId, bytes: new Uint8Array(length) };
    const error = await rejectionOf(
      async () => guarded?.unwrap(wrapped, { tenant: 't', caller: 'c' }, {}).result,
    );
    expect(error).toMatchObject({ code: 'WAXSEAL_KEY_SERVICE', keyId, reason });
    expect(key.unwraps).toBe(0);
  });
});
