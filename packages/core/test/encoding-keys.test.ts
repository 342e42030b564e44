import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { rejectionOf } from '@waxseal/test-support';

import { KeyServiceError, Keyring, type DataKeyOptions } from '../src';
import { CodecClosedError } from '../src/internal';
import { dataKeyLimits } from '../src/data-keys/data-key-options';
import { EncodingKeys } from '../src/data-keys/encoding-keys';
import { TestKey } from './support/test-key';

const HOUR = 60 * 60 * 1000;
const REFRESHED_BY = 0.75 * HOUR;
const NOT_BEFORE = 0.65 * HOUR;
/** The circuit breaker's. */
const LONGEST_OPEN_MS = 15_000;
/** A long wrap, within its deadline. */
const WRAP_MS = 5_000;
const clock = { now: () => Date.now() };

let key: TestKey;
let opened: EncodingKeys[];
let closed: AbortController;

beforeEach(() => {
  jest.useFakeTimers();
  key = new TestKey('orders/v1');
  opened = [];
  closed = new AbortController();
});

afterEach(() => {
  closed.abort(new Error('closed'));
  for (const keys of opened) keys.retire();
  jest.useRealTimers();
});

function encodingKeys(options?: DataKeyOptions): EncodingKeys {
  const keys = new EncodingKeys(
    new Keyring({ primary: key }),
    dataKeyLimits(options),
    clock,
    undefined,
    closed.signal,
    () => undefined,
  );
  opened.push(keys);
  return keys;
}

/** As the codec does it. */
function close(keys: EncodingKeys): void {
  closed.abort(new CodecClosedError());
  keys.retire();
}

/** Lets everything run that waits for no timer. */
const settle = (): Promise<void> => jest.advanceTimersByTimeAsync(0);

describe('limits', () => {
  it('ends a data key after maxMessages', async () => {
    const keys = encodingKeys({ maxMessages: 4 });
    const used = [];
    for (let count = 0; count < 12; count++) used.push(await keys.acquire(1));
    for (const dataKey of used)
      expect(used.filter((other) => other === dataKey).length).toBeLessThanOrEqual(4);
    expect(used.every((dataKey) => dataKey.messages <= 4)).toBe(true);
  });

  it('holds maxMessages against a herd on a cold codec', async () => {
    const keys = encodingKeys({ maxMessages: 10 });
    const used = await Promise.all(Array.from({ length: 95 }, async () => keys.acquire(1)));
    await settle();
    expect(used.every((dataKey) => dataKey.messages <= 10)).toBe(true);
    expect(new Set(used).size).toBeGreaterThanOrEqual(10);
  });

  it('ends a data key at maxBytes', async () => {
    const keys = encodingKeys({ maxBytes: 100 });
    const first = await keys.acquire(60);
    const second = await keys.acquire(41);
    const third = await keys.acquire(59);
    expect(second).not.toBe(first);
    expect([first.bytes, second.bytes]).toEqual([60, 100]);
    expect(third).toBe(second);
  });

  it('gives one payload of more than maxBytes a data key of its own', async () => {
    const keys = encodingKeys({ maxBytes: 100 });
    const large = await keys.acquire(1000);
    expect(await keys.acquire(1)).not.toBe(large);
    expect(large.messages).toBe(1);
  });

  it('asks again while no replacement can be wrapped, and uses nothing beyond maxMessages', async () => {
    const keys = encodingKeys({ maxMessages: 2 });
    await keys.acquire(1);
    key.failure = new KeyServiceError(key.id, 'unavailable');
    await keys.acquire(1);
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(await rejectionOf(() => keys.acquire(1))).toMatchObject({ code: 'WAXSEAL_KEY_SERVICE' });
    }
    key.failure = undefined;
    expect((await keys.acquire(1)).messages).toBe(1);
  });
});

describe('refresh', () => {
  it('wraps the next data key at 65 to 75 % of maxAge, and swaps it in after', async () => {
    const keys = encodingKeys();
    const first = await keys.acquire(1);
    await jest.advanceTimersByTimeAsync(NOT_BEFORE - 1);
    expect(key.wraps).toBe(1);
    const release = key.hold();
    for (let seconds = 0; key.wraps === 1 && seconds <= (REFRESHED_BY - NOT_BEFORE) / 1000; seconds++) {
      await jest.advanceTimersByTimeAsync(1_000);
    }
    expect(key.wraps).toBe(2);
    expect(keys.acquire(1)).toBe(first);
    release();
    await settle();
    expect(keys.acquire(1)).not.toBe(first);
    expect(key.wraps).toBe(2);
  });

  it('goes on by itself, without an encode', async () => {
    await encodingKeys().warmUp();
    await jest.advanceTimersByTimeAsync(10 * HOUR);
    expect(key.wraps).toBeGreaterThanOrEqual(Math.floor((10 * HOUR) / REFRESHED_BY));
    expect(key.wraps).toBeLessThanOrEqual(1 + Math.ceil((10 * HOUR) / NOT_BEFORE));
  });

  it.each([
    ['messages', { maxMessages: 100 }, 1],
    ['bytes', { maxBytes: 1000 }, 10],
  ])('begins at 75 %% of the limit of %s, while the current key serves on', async (_of, options, bytes) => {
    const keys = encodingKeys(options);
    const first = await keys.acquire(bytes);
    for (let count = 2; count < 75; count++) expect(keys.acquire(bytes)).toBe(first);
    expect(key.wraps).toBe(1);
    const release = key.hold();
    for (let count = 75; count <= 90; count++) expect(keys.acquire(bytes)).toBe(first);
    await settle();
    expect(key.wraps).toBe(2);
    release();
    await settle();
    expect(keys.acquire(bytes)).not.toBe(first);
  });

  it('that fails leaves the current key in use, and is tried again within half a minute', async () => {
    const keys = encodingKeys();
    const first = await keys.acquire(1);
    key.failure = new KeyServiceError(key.id, 'unavailable');
    await jest.advanceTimersByTimeAsync(REFRESHED_BY);
    expect(key.wraps).toBeGreaterThanOrEqual(2);
    expect(keys.acquire(1)).toBe(first);
    const before = key.wraps;
    await jest.advanceTimersByTimeAsync(30_000);
    expect(key.wraps).toBeGreaterThan(before);
    key.failure = undefined;
    await jest.advanceTimersByTimeAsync(30_000);
    expect(keys.acquire(1)).not.toBe(first);
  });

  it('that fails is not tried again by each encode', async () => {
    const keys = encodingKeys({ maxMessages: 100 });
    for (let count = 0; count < 74; count++) await keys.acquire(1);
    key.failure = new KeyServiceError(key.id, 'unavailable');
    for (let count = 74; count < 99; count++) {
      await keys.acquire(1);
      await settle();
    }
    expect(key.wraps).toBe(2);
  });
});

describe('maxStaleAge', () => {
  it('is the hard end of a data key that cannot be replaced', async () => {
    const keys = encodingKeys({ maxAge: '1h', maxStaleAge: '2h' });
    const first = await keys.acquire(1);
    key.failure = new KeyServiceError(key.id, 'unavailable');
    await jest.advanceTimersByTimeAsync(2 * HOUR - 1);
    expect(keys.acquire(1)).toBe(first);
    await jest.advanceTimersByTimeAsync(1);
    expect(await rejectionOf(() => keys.acquire(1))).toMatchObject({ code: 'WAXSEAL_KEY_SERVICE' });
    key.failure = undefined;
    await jest.advanceTimersByTimeAsync(LONGEST_OPEN_MS);
    expect(await keys.acquire(1)).not.toBe(first);
  });

  it('counts the time that the wrap took', async () => {
    const keys = encodingKeys({ maxAge: '1h', maxStaleAge: '1h' });
    const release = key.hold();
    const pending = keys.acquire(1);
    await jest.advanceTimersByTimeAsync(WRAP_MS);
    release();
    const first = await pending;
    key.failure = new KeyServiceError(key.id, 'unavailable');
    await jest.advanceTimersByTimeAsync(HOUR - WRAP_MS);
    expect(await rejectionOf(() => keys.acquire(1))).toMatchObject({ code: 'WAXSEAL_KEY_SERVICE' });
    expect(first.messages).toBe(1);
  });
});

describe('close', () => {
  it('ends refreshing', async () => {
    const keys = encodingKeys();
    await keys.warmUp();
    close(keys);
    expect(jest.getTimerCount()).toBe(0);
    await jest.advanceTimersByTimeAsync(24 * HOUR);
    expect(key.wraps).toBe(1);
  });

  it('rejects who waits for a wrap, and starts no timer afterwards', async () => {
    const keys = encodingKeys();
    const release = key.hold();
    const pending = rejectionOf(() => keys.acquire(1));
    close(keys);
    release();
    expect(await pending).toMatchObject({ code: 'WAXSEAL_CODEC_CLOSED' });
    expect(jest.getTimerCount()).toBe(0);
  });
});
