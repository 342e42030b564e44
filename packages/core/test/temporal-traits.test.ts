import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure, ensureApplicationFailure } from '@temporalio/common';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import { ConfigurationError, EnvelopeCodec, Keyring, KeyServiceError, UnknownKeyError } from '../src';
import {
  CodecClosedError,
  ContextMismatchError,
  DecryptionError,
  MalformedEnvelopeError,
  UnencryptedPayloadError,
} from '../src/internal';
import { PayloadTooLargeError } from '../src/codec/payload-bytes';
import { TestKey } from './support/test-key';

const mismatch = { field: 'namespace', recorded: 'a', expected: 'b' };

describe('an error is an ApplicationFailure', () => {
  it.each([
    [new KeyServiceError('k', 'unavailable'), 'WaxsealKeyServiceUnavailable', false, '10s'],
    [new KeyServiceError('k', 'timeout'), 'WaxsealKeyServiceTimeout', false, '10s'],
    [new KeyServiceError('k', 'throttled'), 'WaxsealKeyServiceThrottled', false, '10s'],
    [new KeyServiceError('k', 'unknown'), 'WaxsealKeyServiceUnknown', false, '10s'],
    [new KeyServiceError('k', 'denied'), 'WaxsealKeyServiceDenied', false, '30s'],
    [new KeyServiceError('k', 'disabled'), 'WaxsealKeyServiceDisabled', false, '30s'],
    [new KeyServiceError('k', 'not-found'), 'WaxsealKeyServiceNotFound', false, '30s'],
    [new KeyServiceError('k', 'rejected-ciphertext'), 'WaxsealKeyServiceRejectedCiphertext', true, undefined],
    [new UnknownKeyError('k'), 'WaxsealUnknownKey', false, '30s'],
    [new ConfigurationError('no'), 'WaxsealConfiguration', false, '30s'],
    [new CodecClosedError(), 'WaxsealCodecClosed', false, '30s'],
    [new MalformedEnvelopeError('no'), 'WaxsealMalformedEnvelope', true, undefined],
    [new DecryptionError(), 'WaxsealDecryptionFailed', true, undefined],
    [new ContextMismatchError(mismatch), 'WaxsealContextMismatch', true, undefined],
    [new UnencryptedPayloadError(), 'WaxsealUnencryptedPayload', true, undefined],
    [new PayloadTooLargeError(1, 2, 1), 'WaxsealPayloadTooLarge', true, undefined],
  ])('%s', (error, type, nonRetryable, nextRetryDelay) => {
    expect(error).toBeInstanceOf(ApplicationFailure);
    expect(ensureApplicationFailure(error)).toBe(error);
    expect(error).toMatchObject({ type, nonRetryable, details: undefined });
    expect(error.nextRetryDelay).toBe(nextRetryDelay);
  });

  it('of its own for each caller, since the SDK writes into the one that it gets', async () => {
    const key = new TestKey('a');
    const writer = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
    const sealed = await writer.encode([jsonPayload(1)]);
    const reader = new EnvelopeCodec({ keyring: new Keyring({ decryptOnly: [key] }) });
    key.failure = new KeyServiceError('a', 'unavailable');
    const errors = await Promise.all(
      Array.from({ length: 5 }, () => rejectionOf(() => reader.decode(sealed))),
    );
    expect(key.unwraps).toBe(1);
    expect(new Set(errors).size).toBe(5);
    for (const error of errors) {
      ApplicationFailure.fromError(error, { message: 'Failed to parse', nonRetryable: false });
      expect(error).toBeInstanceOf(KeyServiceError);
    }
    expect(errors.map(({ message }) => message)).toEqual(Array.from({ length: 5 }, () => 'Failed to parse'));
    const next = await rejectionOf(() => reader.decode(sealed));
    expect(next.message).toContain('unavailable');
    for (const codec of [writer, reader]) codec.close();
  });
});
