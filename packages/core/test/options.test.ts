import { describe, expect, it } from '@jest/globals';
import { rejectionOf } from '@waxseal/test-support';

import {
  EnvelopeCodec,
  isWaxsealError,
  Keyring,
  type EnvelopeCodecOptions,
  type DataKeyOptions,
} from '../src';
import { isEnvelopeCodec } from '../src/internal';
import { dataKeyLimits } from '../src/data-keys/data-key-options';
import { TestKey } from './support/test-key';

const keyring = new Keyring({ primary: new TestKey('orders/v1') });

describe('EnvelopeCodec refuses', () => {
  it.each<[string, unknown]>([
    ['keyring', {}],
    ['keyring', { keyring: { primary: new TestKey('a') } }],
    ['requireEncrytion', { keyring, requireEncrytion: true }],
    ['requireEncryption', { keyring, requireEncryption: 'yes' }],
    ['binding', { keyring, binding: 'workflows' }],
    ['onContextMismatch', { keyring, onContextMismatch: 'log' }],
    ['namespaceAliases', { keyring, namespaceAliases: { a: 'b' } }],
    ['namespaceAliases', { keyring, namespaceAliases: { a: [''] } }],
    ['dataKeys.maxage', { keyring, dataKeys: { maxage: '1h' } }],
    ['dataKeys.maxAge', { keyring, dataKeys: { maxAge: 'soon' } }],
    ['dataKeys.maxAge', { keyring, dataKeys: { maxAge: 0 } }],
    ['dataKeys.maxAge', { keyring, dataKeys: { maxAge: '25 days' } }],
    ['dataKeys.maxStaleAge', { keyring, dataKeys: { maxAge: '2h', maxStaleAge: '1h' } }],
    ['dataKeys.maxMessages', { keyring, dataKeys: { maxMessages: 0 } }],
    ['dataKeys.maxMessages', { keyring, dataKeys: { maxMessages: 2 ** 32 + 1 } }],
    ['dataKeys.maxBytes', { keyring, dataKeys: { maxBytes: 1.5 } }],
    ['dataKeys.cacheCapacity', { keyring, dataKeys: { cacheCapacity: -1 } }],
    ['dataKeys.maxKeyrings', { keyring, dataKeys: { maxKeyrings: 0 } }],
    ['dataKeys.cacheTtl', { keyring, dataKeys: { cacheTtl: Number.NaN } }],
  ])('%s, by name', async (field, options) => {
    const error = await rejectionOf(() => new EnvelopeCodec(options as EnvelopeCodecOptions));
    expect(error).toMatchObject({ code: 'WAXSEAL_CONFIGURATION', retryable: false });
    expect(error.message).toContain(field);
  });
});

describe('data key limits', () => {
  it('have the documented defaults', () => {
    const hour = 60 * 60 * 1000;
    expect(dataKeyLimits()).toEqual({
      maxAgeMs: hour,
      maxStaleAgeMs: 24 * hour,
      maxMessages: 2 ** 20,
      maxBytes: 2 ** 36,
      cacheCapacity: 10_000,
      maxKeyrings: 1000,
      cacheTtlMs: hour,
    });
  });

  it.each<[DataKeyOptions, number]>([
    [{ maxAge: '2 days' }, 48],
    [{ maxAge: '2h' }, 24],
    [{ maxAge: '2h', maxStaleAge: '3h' }, 3],
  ])('of %j allow a stale age of %d hours', (options, hours) => {
    expect(dataKeyLimits(options).maxStaleAgeMs).toBe(hours * 60 * 60 * 1000);
  });
});

describe('tests of kind', () => {
  it('know a codec and an error of this library from another', () => {
    const codec = new EnvelopeCodec({ keyring });
    expect(isEnvelopeCodec(codec)).toBe(true);
    const other = { encode: codec.encode.bind(codec), decode: codec.decode.bind(codec) };
    expect(isEnvelopeCodec(other)).toBe(false);
    codec.close();
    expect(isWaxsealError({ code: 'WAXSEAL_UNKNOWN_KEY', retryable: false })).toBe(true);
    for (const value of [
      null,
      undefined,
      'WAXSEAL_',
      new Error('x'),
      { code: 'ENOENT', retryable: true },
      { code: 7 },
    ]) {
      expect(isWaxsealError(value)).toBe(false);
    }
  });
});
