import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import { EnvelopeCodec, Keyring, KeyServiceError } from '../src';
import { TestKey } from './support/test-key';

const HOUR = 3_600_000;

let key: TestKey;
let codec: EnvelopeCodec;

beforeEach(() => {
  jest.useFakeTimers();
  key = new TestKey('orders/v1');
  codec = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
});
afterEach(() => {
  codec.close();
  jest.useRealTimers();
});

const keyServiceIs = (state: 'up' | 'down'): void => {
  key.failure = state === 'up' ? undefined : new KeyServiceError(key.id, 'unavailable');
};

describe('an outage of 24 hours', () => {
  it('stops no encoding and no reading of what this process wrote, and costs a request or two a minute', async () => {
    await codec.warmUp();
    await jest.advanceTimersByTimeAsync(HOUR / 2);
    keyServiceIs('down');
    const before = key.requests;
    let last = await codec.encode([jsonPayload(0)]);
    // The key was half an hour old when the service went away.
    for (let minute = 1; minute < 23.4 * 60; minute++) {
      await jest.advanceTimersByTimeAsync(60_000);
      last = await codec.encode([jsonPayload(minute)]);
      expect(await codec.decode(last)).toEqual([jsonPayload(minute)]);
    }
    expect(key.requests - before).toBeLessThan(24 * 60 * 6);
    await jest.advanceTimersByTimeAsync(HOUR);
    for (const late of [() => codec.encode([jsonPayload('too late')]), () => codec.decode(last)]) {
      expect(await rejectionOf(late)).toMatchObject({ type: 'WaxsealKeyServiceUnavailable' });
    }
    keyServiceIs('up');
    await jest.advanceTimersByTimeAsync(15_000);
    expect(await codec.decode(last)).toHaveLength(1);
    expect(await codec.encode([jsonPayload('again')])).toHaveLength(1);
  });

  it('lets another process read on what it has read once, up to maxStaleAge', async () => {
    const sealed = await codec.encode([jsonPayload('card')]);
    const reader = new EnvelopeCodec({ keyring: new Keyring({ decryptOnly: [key] }) });
    await reader.decode(sealed);
    keyServiceIs('down');
    for (let hour = 1; hour < 24; hour++) {
      await jest.advanceTimersByTimeAsync(HOUR);
      expect(await reader.decode(sealed)).toEqual([jsonPayload('card')]);
    }
    await jest.advanceTimersByTimeAsync(HOUR + 2);
    expect(await rejectionOf(() => reader.decode(sealed))).toMatchObject({ reason: 'unavailable' });
    reader.close();
  });

  it.each(['denied', 'disabled'] as const)('is no excuse where the key is %s', async (reason) => {
    const sealed = await codec.encode([jsonPayload('card')]);
    key.failure = new KeyServiceError(key.id, reason);
    await jest.advanceTimersByTimeAsync(HOUR - 1_000);
    expect(await codec.decode(sealed)).toEqual([jsonPayload('card')]);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await rejectionOf(() => codec.decode(sealed))).toMatchObject({ reason });
  });

  it('is over for encoding within a minute of the service coming back', async () => {
    await codec.warmUp();
    keyServiceIs('down');
    await jest.advanceTimersByTimeAsync(20 * HOUR);
    keyServiceIs('up');
    const wraps = key.wraps;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(key.wraps).toBeGreaterThan(wraps);
    await jest.advanceTimersByTimeAsync(20 * HOUR);
    expect(await codec.encode([jsonPayload(1)])).toHaveLength(1);
  });
});
