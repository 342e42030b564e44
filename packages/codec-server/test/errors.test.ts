import { describe, expect, it } from '@jest/globals';
import type { PayloadCodec } from '@temporalio/common';
import { ConfigurationError, KeyServiceError, UnknownKeyError } from '@waxseal/core';
import {
  CodecClosedError,
  ContextMismatchError,
  DecryptionError,
  MalformedEnvelopeError,
  UnencryptedPayloadError,
} from '@waxseal/core/internal';
import { createCodecServer, type AuditRecord, type FailedRequest } from '../src';
import { base64, post } from './support/post';

const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/secret-name';
const SITE = 'https://waxseal.github.io/waxseal';
const BODY = {
  payloads: [{ metadata: { encoding: base64('binary/envelope') }, data: base64('ciphertext') }],
};

/** A codec that fails. Whatever it throws or returns goes through `unknown`, as a codec in JavaScript may. */
function failing(outcome: () => unknown): PayloadCodec {
  const run = (): Promise<never> => Promise.resolve(outcome() as never);
  return { encode: run, decode: run };
}

function throwing(error: unknown): PayloadCodec {
  return failing(() => {
    throw error;
  });
}

/** An error of a package that a server need not have. */
function waxsealError(code: string, reason: string | undefined, retryable: boolean): Error {
  return Object.assign(new Error('secret-name'), { code, reason, retryable });
}

describe('an error of the codec', () => {
  it.each<[unknown, number, string]>([
    [new MalformedEnvelopeError(`Version 9 (${KEY})`), 400, 'WAXSEAL_MALFORMED_ENVELOPE'],
    [new UnknownKeyError(KEY), 404, 'WAXSEAL_UNKNOWN_KEY'],
    [new DecryptionError(), 422, 'WAXSEAL_DECRYPTION_FAILED'],
    [
      new ContextMismatchError({ field: 'namespace', recorded: 'secret-name', expected: 'other' }),
      422,
      'WAXSEAL_CONTEXT_MISMATCH',
    ],
    [new UnencryptedPayloadError(), 422, 'WAXSEAL_UNENCRYPTED_PAYLOAD'],
    [new KeyServiceError(KEY, 'denied'), 502, 'WAXSEAL_KEY_SERVICE'],
    [new KeyServiceError(KEY, 'disabled'), 502, 'WAXSEAL_KEY_SERVICE'],
    [new KeyServiceError(KEY, 'throttled'), 503, 'WAXSEAL_KEY_SERVICE'],
    [new KeyServiceError(KEY, 'unavailable'), 503, 'WAXSEAL_KEY_SERVICE'],
    [waxsealError('WAXSEAL_STORE', 'unavailable', true), 503, 'WAXSEAL_STORE'],
    [waxsealError('WAXSEAL_STORE', 'denied', false), 502, 'WAXSEAL_STORE'],
    [waxsealError('WAXSEAL_TOKEN', 'not-found', false), 404, 'WAXSEAL_TOKEN'],
    [waxsealError('WAXSEAL_TOKEN', 'too-large', false), 413, 'WAXSEAL_TOKEN'],
    [waxsealError('WAXSEAL_TOKEN', 'damaged', false), 422, 'WAXSEAL_TOKEN'],
    [waxsealError('WAXSEAL_TOKEN', 'malformed', false), 422, 'WAXSEAL_TOKEN'],
    [waxsealError('WAXSEAL_SUBJECT_SHREDDED', undefined, false), 410, 'WAXSEAL_SUBJECT_SHREDDED'],
    [new CodecClosedError(), 503, 'WAXSEAL_CODEC_CLOSED'],
    [new ConfigurationError('secret-name'), 500, 'WAXSEAL_CONFIGURATION'],
    [new Error('card 4111 secret-name'), 500, 'INTERNAL'],
    ['secret-name', 500, 'INTERNAL'],
    [undefined, 500, 'INTERNAL'],
  ])('is answered with its status and says no more (case %#)', async (error, status, code) => {
    const server = createCodecServer({ codec: throwing(error) });
    const { response, json } = await post(server, '/orders/decode', BODY);
    expect(response.status).toBe(status);
    expect(response.headers.get('Content-Type')).toContain('application/json');
    expect(response.headers.get('Retry-After')).toBe(status === 503 ? '1' : null);
    expect(json.error?.code).toBe(code);
    expect(Object.keys(json)).toEqual(['error']);
    expect(Object.keys(json.error ?? {})).toEqual(['code', 'message', 'help']);
    expect(json.error?.help).toBe(
      code === 'INTERNAL' ? `${SITE}/codec-server#errors` : `${SITE}/errors#${code.toLowerCase()}`,
    );
    expect(JSON.stringify(json)).not.toMatch(/secret-name|4111|orders|\.[jt]s:/);
  });

  it.each([
    ['too few', []],
    ['too many', [{}, {}]],
    ['no array', undefined],
  ])('%s payloads are a failure, never a short answer', async (_name, result) => {
    const { response } = await post(createCodecServer({ codec: failing(() => result) }), '/decode', BODY);
    expect(response.status).toBe(500);
  });
});

describe('onError', () => {
  it('is told the error and the request ID', async () => {
    const told: [unknown, FailedRequest][] = [];
    const error = new UnknownKeyError(KEY);
    const server = createCodecServer({ codec: throwing(error), onError: (...args) => told.push(args) });
    await post(server, '/decode', BODY, { 'X-Request-Id': 'request-7' });
    const message = 'A payload names a key that this server does not have.';
    const request = { requestId: 'request-7', status: 404, code: 'WAXSEAL_UNKNOWN_KEY', message };
    expect(told).toEqual([[error, request]]);
  });

  it.each<[string, () => void]>([
    [
      'throws',
      () => {
        throw new Error('log is full');
      },
    ],
    ['rejects', () => Promise.reject(new Error('log is full'))],
  ])('does not change the answer, or end the process, when it %s itself', async (_, fail) => {
    const unhandled: unknown[] = [];
    const hear = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', hear);
    const server = createCodecServer({
      codec: throwing(new DecryptionError()),
      onError: fail,
      telemetry: { requestBegan: fail, requestAnswered: fail },
    });
    expect((await post(server, '/decode', BODY)).response.status).toBe(422);
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', hear);
    expect(unhandled).toEqual([]);
  });

  it.each(['fail', 'placeholder'] as const)(
    'hears once of a request that takes too long (%s)',
    async (mode) => {
      const told: FailedRequest[] = [];
      const records: AuditRecord[] = [];
      const error = new DecryptionError();
      let calls = 0;
      let over: Promise<unknown> = Promise.resolve();
      const late = async (): Promise<never> => {
        await new Promise((resolve) => setTimeout(resolve, 200));
        throw new Error('at last');
      };
      // With placeholders each payload is decoded once more, alone, and it is that which is late.
      const decode = () => {
        const result = calls++ === 0 && mode === 'placeholder' ? Promise.reject(error) : late();
        over = result;
        return result;
      };
      const server = createCodecServer({
        deadline: '100ms',
        onPayloadError: mode,
        codec: { encode: late, decode },
        onError: (_, request) => told.push(request),
        audit: async (record) => {
          records.push(record);
          await over.catch(() => undefined);
          await new Promise((resolve) => setTimeout(resolve, 10));
        },
      });
      const { response, json } = await post(server, '/decode', BODY);
      expect([response.status, json.error?.code]).toEqual([504, 'DEADLINE_EXCEEDED']);
      expect(told).toMatchObject([{ status: 504, code: 'DEADLINE_EXCEEDED' }]);
      expect(records).toMatchObject([{ status: 504, reason: 'DEADLINE_EXCEEDED' }]);
    },
  );
});
