import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

import { afterEach, describe, expect, it } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import { KeyServiceError, UnknownKeyError } from '@waxseal/core';
import { CODEC_STAGE } from '@waxseal/core/internal';
import { markFailurePayload } from '@waxseal/core/failure-payload';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import {
  encryptionContextOf,
  SamplesCodec,
  TemporalProxyCodec,
  type TemporalProxyCodecOptions,
} from '../src';
import { bytes, KEYS, vector } from './support/peers';
import { proxied, RememberingKey } from './support/proxy';

const URI =
  'awskms:///arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab?region=eu-west-1';
const secret = jsonPayload('secret');
const made: TemporalProxyCodec[] = [];

function codecOf(key: RememberingKey, options: Partial<TemporalProxyCodecOptions> = {}): TemporalProxyCodec {
  const codec = new TemporalProxyCodec({ keys: { [URI]: key }, requests: { maxAttempts: 1 }, ...options });
  made.push(codec);
  return codec;
}

afterEach(() => {
  for (const codec of made.splice(0)) codec.close();
});

const textOf = (payload: Payload | undefined, name: string): string =>
  Buffer.from(payload?.metadata?.[name] ?? []).toString();

describe('reading', () => {
  it('asks once for a data key, whoever waits for it', async () => {
    const key = new RememberingKey();
    const codec = codecOf(key);
    const dataKey = randomBytes(32);
    const wrapped = key.remember(dataKey);
    const payloads = await Promise.all(
      [1, 2, 3].map((one) => proxied(URI, () => wrapped, jsonPayload(one), dataKey)),
    );
    const all = await Promise.all([codec.decode(payloads), codec.decode(payloads)]);
    expect(all).toEqual([1, 2].map(() => [1, 2, 3].map(jsonPayload)));
    expect(await codec.decode(payloads)).toEqual([1, 2, 3].map(jsonPayload));
    expect(key.asked).toHaveLength(1);
  });

  it.each([
    ['awskms:///arn:aws:kms:eu-west-1:111122223333:key/of-somebody-else', /of-somebody-else/],
    [`${URI}&endpoint=http://169.254.169.254/`, /unknown-key/],
    [URI.replace('awskms', 'AWSKMS:'), /unknown-key/],
    ['https://attacker.example/keys', /unknown-key/],
    [
      `base64key://${randomBytes(32).toString('base64')}`,
      /base64key:\/\/\(the key itself, SHA-256 [0-9a-f]{12}\)/,
    ],
    ['x'.repeat(5000), /unknown-key/],
  ])('makes no request for the key %s', async (uri, text) => {
    const key = new RememberingKey();
    const error = await rejectionOf(async () => codecOf(key).decode([await proxied(uri, key.remember)]));
    expect(error).toMatchObject({
      code: 'WAXSEAL_PEER_FORMAT',
      reason: 'unknown-key',
      format: 'temporal-proxy',
    });
    expect(error.message).toMatch(text);
    if (uri.startsWith('base64key://'))
      expect(inspect(error)).not.toContain(uri.slice('base64key://'.length));
    expect(error).not.toBeInstanceOf(UnknownKeyError);
    expect(key.asked).toHaveLength(0);
  });

  it('compares schemes without regard to case, and takes testing:// for base64key://', async () => {
    const key = new RememberingKey();
    const payload = await proxied(URI.replace('awskms', 'AwsKms'), key.remember);
    expect(await codecOf(key).decode([payload])).toEqual([secret]);
    const base64 = KEYS.temporalProxy.replace('testing', 'Base64Key');
    const { payload: of, inner } = vector('temporal-proxy-v0.5.1');
    expect(await new TemporalProxyCodec({ base64Keys: [base64] }).decode([of])).toEqual([inner]);
  });

  it('leaves what has no wrapped key, or names none, as the proxy does', async () => {
    const key = new RememberingKey();
    const codec = codecOf(key);
    const whole = await proxied(URI, key.remember);
    for (const name of ['encryption-dek', 'encryption-key-id', 'encoding']) {
      const payload = { ...whole, metadata: { ...whole.metadata, [name]: new Uint8Array() } };
      expect((await codec.decode([payload]))[0]).toBe(payload);
    }
    expect(key.asked).toHaveLength(0);
  });

  it('refuses a wrapped key that is no base64, or too long, without a request', async () => {
    const key = new RememberingKey();
    const whole = await proxied(URI, key.remember);
    for (const text of [
      'AAA',
      'AAAA=',
      'AA==AA==',
      'A A=',
      'AB==',
      'A'.repeat(6000),
      'a'.repeat(5500) + '====',
    ]) {
      const payload = { ...whole, metadata: { ...whole.metadata, 'encryption-dek': bytes(text) } };
      expect(await rejectionOf(() => codecOf(key).decode([payload]))).toMatchObject({ reason: 'damaged' });
    }
    expect(key.asked).toHaveLength(0);
  });

  it('refuses a data key that is not of 32 bytes', async () => {
    const key = new RememberingKey();
    const payload = await proxied(URI, () => key.remember(randomBytes(16)));
    expect(await rejectionOf(() => codecOf(key).decode([payload]))).toMatchObject({ reason: 'damaged' });
  });

  it('asks a bounded number of times for made-up data keys of one call, and of one caller', async () => {
    const key = new RememberingKey();
    const codec = codecOf(key);
    const forged = await Promise.all(Array.from({ length: 500 }, () => proxied(URI, () => randomBytes(40))));
    const request = { caller: 'mallory' };
    await rejectionOf(() => codec.decode(forged, undefined, request));
    const ofOne = key.asked.length;
    expect(ofOne).toBeLessThanOrEqual(16);
    for (const payload of forged)
      await rejectionOf(() => codec.decode([payload], undefined, { caller: 'mallory' }));
    const ofAll = key.asked.length;
    expect(ofAll).toBeLessThan(250);
    // Others are served on.
    const good = await proxied(URI, key.remember);
    expect(await codec.decode([good], undefined, { caller: 'alice' })).toEqual([secret]);
  });

  it('counts data keys that are unwrapped and open nothing', async () => {
    const key = new RememberingKey();
    const codec = codecOf(key);
    const outcomes = new Map<unknown, number>();
    for (let index = 0; index < 400; index++) {
      const payload = await proxied(URI, () => key.remember(randomBytes(32)));
      const { code } = await rejectionOf(() => codec.decode([payload], undefined, { caller: 'mallory' }));
      outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
    }
    expect([...outcomes.keys()]).toEqual(['WAXSEAL_PEER_FORMAT', 'WAXSEAL_KEY_SERVICE']);
    expect(key.asked.length).toBeLessThan(250);
  });

  it('holds to what a Codec Server allows a caller', async () => {
    const key = new RememberingKey();
    const request = { takeKeyRequest: () => false };
    const payload = await proxied(URI, key.remember);
    const error = await rejectionOf(() => codecOf(key).decode([payload], undefined, request));
    expect(error).toMatchObject({ code: 'WAXSEAL_KEY_SERVICE', reason: 'throttled' });
    expect(key.asked).toHaveLength(0);
  });

  it('ends with its deadline, and with its caller', async () => {
    const never = { unwrap: () => new Promise<Uint8Array>(() => undefined) };
    const requests = { totalTimeout: '50ms', attemptTimeout: '20ms', maxAttempts: 1 };
    const codec = new TemporalProxyCodec({ keys: { [URI]: never }, requests });
    const payload = await proxied(URI, () => randomBytes(40));
    expect(await rejectionOf(() => codec.decode([payload]))).toMatchObject({
      reason: 'timeout',
      retryable: true,
    });
    const gone = AbortSignal.abort(new Error('gone'));
    expect((await rejectionOf(() => codec.decode([payload], undefined, { signal: gone }))).message).toBe(
      'gone',
    );
    codec.close();
  });

  it('says what a key service says', async () => {
    const key = new RememberingKey();
    key.isDown = true;
    const payload = await proxied(URI, key.remember);
    const error = await rejectionOf(() => codecOf(key).decode([payload]));
    expect(error).toMatchObject({ code: 'WAXSEAL_KEY_SERVICE', reason: 'unavailable', retryable: true });
  });

  it('uses a data key on while the service is away, and asks again when its time is over', async () => {
    const key = new RememberingKey();
    const codec = codecOf(key, { dataKeys: { cacheTtl: 1 } });
    const payload = await proxied(URI, key.remember);
    await codec.decode([payload]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    key.isDown = true;
    expect(await codec.decode([payload])).toEqual([secret]);
    expect(key.asked).toHaveLength(2);
  });

  it('tries the versions of a key whose URI names none', async () => {
    const [first, second] = [new RememberingKey('v1'), new RememberingKey('v2')];
    const codec = new TemporalProxyCodec({ keys: { [URI]: [first, second] } });
    expect(await codec.decode([await proxied(URI, second.remember)])).toEqual([secret]);
    expect([first.asked.length, second.asked.length]).toEqual([1, 1]);
    const error = await rejectionOf(async () => codec.decode([await proxied(URI, () => randomBytes(40))]));
    expect(error).toMatchObject({ reason: 'damaged' });
    first.isDown = true;
    const outage = await rejectionOf(async () => codec.decode([await proxied(URI, () => randomBytes(40))]));
    expect(outage).toMatchObject({ reason: 'unavailable' });
    [first.isDown, second.isDown] = [false, true];
    const ofSecond = await rejectionOf(async () => codec.decode([await proxied(URI, () => randomBytes(40))]));
    expect(ofSecond).toMatchObject({ reason: 'unavailable' });
    codec.close();
  });

  it('hides what a function of the application throws', async () => {
    const unwrap = (): Promise<Uint8Array> => Promise.reject(new Error('plaintext of the key'));
    const codec = new TemporalProxyCodec({ keys: { 'extension://hsm/k': { unwrap } } });
    const error = await rejectionOf(async () =>
      codec.decode([await proxied('extension://hsm/k', () => randomBytes(40))]),
    );
    expect(error).toMatchObject({ code: 'WAXSEAL_KEY_SERVICE', reason: 'unknown' });
    expect(inspect(error)).not.toContain('plaintext of the key');
    codec.close();
  });
});

describe('writing', () => {
  it('is what the reader reads, under one data key for many', async () => {
    const key = new RememberingKey();
    const codec = codecOf(key, { writeUnder: URI });
    expect([codec[CODEC_STAGE], codec.encrypts]).toEqual(['encrypt', true]);
    await codec.warmUp();
    const payloads = Array.from({ length: 20 }, (_each, index) => jsonPayload(index));
    const written = await codec.encode(payloads);
    expect(key.wraps).toBe(1);
    expect(new Set(written.map((one) => textOf(one, 'encryption-dek'))).size).toBe(1);
    expect(
      new Set(
        written.map(({ data }) =>
          Buffer.from(data ?? [])
            .subarray(0, 12)
            .toString('hex'),
        ),
      ).size,
    ).toBe(20);
    for (const one of written) {
      expect(Object.keys(one.metadata ?? {})).toEqual(['encoding', 'encryption-key-id', 'encryption-dek']);
      expect([textOf(one, 'encoding'), textOf(one, 'encryption-key-id')]).toEqual(['binary/encrypted', URI]);
    }
    expect(await codecOf(key).decode(written)).toEqual(payloads);
    // What was written here opens here without a request.
    key.asked.length = 0;
    expect(await codec.decode(written)).toEqual(payloads);
    expect(key.asked).toHaveLength(0);
  });

  it('changes the data key at its limit', async () => {
    const key = new RememberingKey();
    const codec = codecOf(key, { writeUnder: URI, dataKeys: { maxMessages: 2 } });
    const written: Payload[] = [];
    for (let index = 0; index < 6; index++) written.push(...(await codec.encode([secret])));
    const uses = new Map<string, number>();
    for (const one of written) {
      const name = textOf(one, 'encryption-dek');
      uses.set(name, (uses.get(name) ?? 0) + 1);
    }
    expect(Math.max(...uses.values())).toBeLessThanOrEqual(2);
  });

  it('never leaves plaintext where there is no data key; failures are redacted', async () => {
    const key = new RememberingKey();
    key.isDown = true;
    const codec = codecOf(key, { writeUnder: URI });
    expect(await rejectionOf(() => codec.encode([secret]))).toBeInstanceOf(KeyServiceError);
    const [redacted] = await codec.encode([markFailurePayload(secret, 'details')]);
    expect(textOf(redacted, 'encoding')).toBe('binary/waxseal-redacted');
    expect(await rejectionOf(() => codec.warmUp())).toBeInstanceOf(KeyServiceError);
  });

  it('refuses payloads that one day are to be forgotten', async () => {
    const codec = codecOf(new RememberingKey(), { writeUnder: URI });
    const marked = { ...secret, metadata: { ...secret.metadata, 'waxseal-subject': bytes('alice') } };
    expect((await rejectionOf(() => codec.encode([marked]))).message).toContain('remove writeUnder');
  });

  it('under a test key is what the proxy names: base64key://', async () => {
    const codec = new TemporalProxyCodec({
      base64Keys: [KEYS.temporalProxy],
      writeUnder: KEYS.temporalProxy,
    });
    const written = await codec.encode([secret]);
    expect(textOf(written[0], 'encryption-key-id')).toBe(KEYS.temporalProxy.replace('testing', 'base64key'));
    expect(await new TemporalProxyCodec({ base64Keys: [KEYS.temporalProxy] }).decode(written)).toEqual([
      secret,
    ]);
    codec.close();
  });

  it('asks for nothing in replay', async () => {
    const key = new RememberingKey();
    const codec = codecOf(key, { writeUnder: URI });
    const [empty] = await codec.decodeOnly().encode([secret]);
    expect(empty?.data).toBeUndefined();
    expect(key.wraps).toBe(0);
  });
});

describe('the two with one encoding', () => {
  it('are told apart by the wrapped key, in any order of the codecs', async () => {
    const key = new RememberingKey();
    const proxy = codecOf(key);
    const samples = new SamplesCodec({ keys: { test: Buffer.from(KEYS.samples) } });
    const payloads = [vector('go').payload, await proxied(URI, key.remember)];
    const expected = [vector('go').inner, secret];
    expect(await samples.decode(await proxy.decode(payloads))).toEqual(expected);
    expect(await proxy.decode(await samples.decode(payloads))).toEqual(expected);
  });
});

it('shows no key', () => {
  const codec = new TemporalProxyCodec({ base64Keys: [KEYS.temporalProxy], writeUnder: KEYS.temporalProxy });
  const shown = inspect(codec, { showHidden: true, depth: 9 }) + JSON.stringify(codec);
  expect(shown).not.toContain(KEYS.temporalProxy.slice('testing://'.length, -2));
  expect(shown).toContain('SHA-256');
  codec.close();
});

describe('options', () => {
  const key = new RememberingKey();
  it.each<[string, unknown]>([
    ['at least one key', {}],
    ['"key" is not an option', { key }],
    ['must be the URI of a key', { keys: { orders: key } }],
    ['give its URI to base64Keys', { keys: { [KEYS.temporalProxy]: key } }],
    ['must be a key of a provider', { keys: { [URI]: {} } }],
    ['must be a key of a provider', { keys: { [URI]: [] } }],
    ['must begin with testing://', { base64Keys: [URI] }],
    ['with a key of 32 bytes', { base64Keys: ['testing://AAAA'] }],
    ['two keys have the same URI', { keys: { [URI]: key, [URI.replace('awskms', 'AWSKMS')]: key } }],
    ['which is none of the keys', { keys: { [URI]: key }, writeUnder: 'awskms:///other' }],
    ['must be one key that can wrap', { keys: { [URI]: { unwrap: key.unwrap } }, writeUnder: URI }],
    ['at most 2 ** 30', { keys: { [URI]: key }, dataKeys: { maxMessages: 2 ** 31 } }],
    ['for the EnvelopeCodec alone', { keys: { [URI]: key }, dataKeys: { shared: {} } }],
    ['telemetry must be', { keys: { [URI]: key }, telemetry: true }],
  ])('say %s', (text, options) => {
    expect(() => new TemporalProxyCodec(options as TemporalProxyCodecOptions)).toThrow(text);
  });

  it('show no test key in a message', async () => {
    const uri = `testing://${randomBytes(31).toString('base64')}`;
    const error = await rejectionOf(() => new TemporalProxyCodec({ base64Keys: [uri] }));
    expect(inspect(error)).not.toContain(uri.slice(10, 30));
  });

  it('have the encryption context of a URI', () => {
    expect(encryptionContextOf(`${URI}&context_team=orders&context_a%20b=c%26d`)).toEqual({
      team: 'orders',
      'a b': 'c&d',
    });
    expect(encryptionContextOf(URI)).toEqual({});
    expect(() => encryptionContextOf(`${URI}&context_a=1&context_a=2`)).toThrow('once');
    expect(() => encryptionContextOf('orders')).toThrow('awskms://');
  });
});
