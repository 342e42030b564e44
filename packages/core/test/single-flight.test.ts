import { describe, expect, it } from '@jest/globals';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import { EnvelopeCodec, KeyServiceError, Keyring } from '../src';
import { only } from './support/only';
import { TestKey } from './support/test-key';

const HERD = 1000;
const herd = <T>(action: () => Promise<T>): Promise<T>[] => Array.from({ length: HERD }, action);
const codes = (results: readonly PromiseSettledResult<unknown>[]): Set<unknown> =>
  new Set(
    results.map((result) =>
      result.status === 'rejected' ? (result.reason as KeyServiceError).code : 'fulfilled',
    ),
  );

describe('a herd', () => {
  it('of 1,000 encodes on a cold codec makes one wrap', async () => {
    const key = new TestKey('orders/v1');
    const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
    const release = key.hold();
    const pending = herd(() => codec.encode([jsonPayload(1)]));
    release();
    await Promise.all(pending);
    expect([key.wraps, key.unwraps]).toEqual([1, 0]);
    codec.close();
  });

  it('of 1,000 decodes of one data key on a cold codec makes one unwrap', async () => {
    const key = new TestKey('orders/v1');
    const writer = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
    const payloads = await writer.encode(Array.from({ length: HERD }, (_, index) => jsonPayload(index)));
    const reader = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
    const release = key.hold();
    const pending = payloads.map((payload) => reader.decode([payload]));
    release();
    expect((await Promise.all(pending)).flat()).toEqual(payloads.map((_, index) => jsonPayload(index)));
    expect([key.wraps, key.unwraps]).toEqual([1, 1]);
    await reader.decode(payloads);
    await writer.decode(payloads);
    expect(key.unwraps).toBe(1);
    writer.close();
    reader.close();
  });

  it('shares a wrap that fails, and asks again afterwards', async () => {
    const key = new TestKey('orders/v1');
    const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
    key.failure = new KeyServiceError(key.id, 'unavailable');
    const results = await Promise.allSettled(herd(() => codec.encode([jsonPayload(1)])));
    expect(codes(results)).toEqual(new Set(['WAXSEAL_KEY_SERVICE']));
    expect(key.wraps).toBe(1);
    key.failure = undefined;
    expect(await codec.encode([jsonPayload(1)])).toHaveLength(1);
    expect(key.wraps).toBe(2);
    codec.close();
  });

  it('shares an unwrap that fails, and asks again afterwards', async () => {
    const key = new TestKey('orders/v1');
    const writer = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
    const payload = only(await writer.encode([jsonPayload(1)]));
    writer.close();
    const reader = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
    key.failure = new KeyServiceError(key.id, 'throttled');
    const results = await Promise.allSettled(herd(() => reader.decode([payload])));
    expect(codes(results)).toEqual(new Set(['WAXSEAL_KEY_SERVICE']));
    expect(key.unwraps).toBe(1);
    key.failure = undefined;
    expect(await reader.decode([payload])).toEqual([jsonPayload(1)]);
    expect(key.unwraps).toBe(2);
    reader.close();
  });
});

describe('dataKeys.maxMessages of 1', () => {
  it('wraps a data key for each payload', async () => {
    const key = new TestKey('orders/v1');
    const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: key }), dataKeys: { maxMessages: 1 } });
    const payloads = await codec.encode(Array.from({ length: 20 }, (_, index) => jsonPayload(index)));
    expect(key.wraps).toBe(20);
    expect(new Set(key.seen.map((dataKey) => Buffer.from(dataKey).toString('hex'))).size).toBe(20);
    expect(
      new Set(
        payloads.map(({ data }) =>
          Buffer.from(data ?? [])
            .subarray(88, 152)
            .toString('hex'),
        ),
      ).size,
    ).toBe(20);
    expect(await codec.decode(payloads)).toEqual(payloads.map((_, index) => jsonPayload(index)));
    codec.close();
  });
});

describe('several keys', () => {
  async function sealedForTwo(): Promise<{
    primary: TestKey;
    other: TestKey;
    payload: ReturnType<typeof jsonPayload>;
  }> {
    const primary = new TestKey('orders/v1');
    const other = new TestKey('break-glass');
    const codec = new EnvelopeCodec({ keyring: new Keyring({ primary, additional: [other] }) });
    const payload = only(await codec.encode([jsonPayload(1)]));
    codec.close();
    return { primary, other, payload };
  }

  it('open a payload when the first of them does not answer', async () => {
    const { primary, other, payload } = await sealedForTwo();
    primary.failure = new KeyServiceError(primary.id, 'unavailable');
    const reader = new EnvelopeCodec({ keyring: new Keyring({ decryptOnly: [primary, other] }) });
    expect(await reader.decode([payload])).toEqual([jsonPayload(1)]);
    expect([primary.unwraps, other.unwraps]).toEqual([1, 1]);
    reader.close();
  });

  it('report the error that may pass, when none answers', async () => {
    const { primary, other, payload } = await sealedForTwo();
    primary.failure = new KeyServiceError(primary.id, 'denied');
    other.failure = new KeyServiceError(other.id, 'timeout');
    const reader = new EnvelopeCodec({ keyring: new Keyring({ decryptOnly: [primary, other] }) });
    expect(await rejectionOf(() => reader.decode([payload]))).toMatchObject({
      keyId: 'break-glass',
      retryable: true,
    });
    other.failure = new KeyServiceError(other.id, 'disabled');
    expect(await rejectionOf(() => reader.decode([payload]))).toMatchObject({
      keyId: 'orders/v1',
      reason: 'denied',
    });
    reader.close();
  });

  it('give no envelope when one of them does not wrap', async () => {
    const [primary, other] = [new TestKey('orders/v1'), new TestKey('break-glass')];
    other.failure = new KeyServiceError(other.id, 'unavailable');
    const codec = new EnvelopeCodec({ keyring: new Keyring({ primary, additional: [other] }) });
    expect((await rejectionOf(() => codec.encode([jsonPayload(1)])))['code']).toBe('WAXSEAL_KEY_SERVICE');
    codec.close();
  });
});
