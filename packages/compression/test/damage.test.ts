import { deflateSync } from 'node:zlib';

import { describe, expect, it } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import { rejectionOf } from '@waxseal/test-support';
import fc from 'fast-check';

import { CompressionError, ZlibCodec } from '../src';
import { MAX_FIELDS, parseInner } from '../src/inner-payload';
import { CODECS, type CodecClass } from './support/formats';
import { bytesOf, dataOf, orders, payload } from './support/payloads';

/** What decoding comes to: the payload's bytes, or the reason of its refusal. */
async function outcome(codec: InstanceType<CodecClass>, given: Payload): Promise<string> {
  try {
    const [decoded] = await codec.decode([given]);
    return bytesOf(decoded).toString('base64');
  } catch (error) {
    if (error instanceof CompressionError) return error.reason;
    throw error;
  }
}

describe.each(CODECS)('a codec for %s', (name, Codec) => {
  const codec = new Codec({ threshold: 0, alwaysEncode: true });
  const pack = async (given: Payload, by = codec): Promise<Buffer> => dataOf((await by.encode([given]))[0]);
  const packed = (data: Uint8Array): Payload => payload(`binary/${name}`, data);
  const bomb = (bytes: number): Promise<Buffer> => pack({ data: new Uint8Array(bytes) });

  it.each([
    ['small', orders(5)],
    [
      'in a thread',
      payload(
        'binary/plain',
        Uint8Array.from({ length: 40_000 }, (_, i) => (i * i * 7919) >> 5),
      ),
    ],
  ])('refuses data that are cut, %s', async (_size, given) => {
    const data = await pack(given);
    const step = Math.max(1, Math.floor(data.length / 40));
    for (let length = 0; length < data.length; length += step) {
      expect(await outcome(codec, packed(data.subarray(0, length)))).toBe('damaged');
    }
    for (const last of [1, 2, 3, 4, 5]) {
      expect(await outcome(codec, packed(data.subarray(0, -last)))).toBe('damaged');
    }
  });

  it.each([false, 'padme'] as const)(
    'never gives another payload for a flipped bit, padding %s',
    async (padding) => {
      const given = orders(8);
      const data = await pack(given, new Codec({ padding, threshold: 0 }));
      const right = bytesOf(given).toString('base64');
      const bits = fc.array(fc.nat(data.length * 8 - 1), { minLength: 1, maxLength: 2 });
      await fc.assert(
        fc.asyncProperty(bits, async (flipped) => {
          const changed = Buffer.from(data);
          for (const bit of flipped) changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          expect(['damaged', 'too-large', right]).toContain(await outcome(codec, packed(changed)));
        }),
        { numRuns: 400 },
      );
    },
  );

  it('refuses what stands behind, and data of another format', async () => {
    const data = await pack(orders());
    for (const behind of [Buffer.of(0), data, Buffer.alloc(9)]) {
      expect(await outcome(codec, packed(Buffer.concat([data, behind])))).toBe('damaged');
    }
    for (const other of [Buffer.alloc(0), Buffer.from('plain'), Buffer.alloc(100), bytesOf(orders())]) {
      expect(await outcome(codec, packed(other))).toBe('damaged');
    }
    expect(await outcome(codec, { metadata: packed(data).metadata ?? {} })).toBe('damaged');
  });

  it.each([10_000, 200_000, 5_000_000])('makes no more than is allowed of %i bytes', async (bytes) => {
    const data = await bomb(bytes);
    const size = bytesOf({ data: new Uint8Array(bytes) }).length;
    const fits = { maxDecompressedBytes: size, maxDecodeBytes: size };
    expect(await outcome(new Codec(fits), packed(data))).not.toBe('too-large');
    const tight = { maxDecompressedBytes: size - 1, maxDecodeBytes: size };
    expect(await outcome(new Codec(tight), packed(data))).toBe('too-large');
  });

  it('opens a bomb in a bomb once', async () => {
    const inner = await bomb(5_000_000);
    const nested = await pack(packed(inner));
    const [once] = await new Codec({ maxDecompressedBytes: 100_000 }).decode([packed(nested)]);
    expect(dataOf(once).equals(inner)).toBe(true);
  });

  it('counts what a call makes, and the calls of a request', async () => {
    const one = packed(await bomb(60_000));
    const small = new Codec({ maxDecompressedBytes: 100_000, maxDecodeBytes: 200_000 });
    await expect(small.decode([one, one, one])).resolves.toHaveLength(3);
    expect(await rejectionOf(() => small.decode([one, one, one, one]))).toMatchObject({
      code: 'WAXSEAL_COMPRESSION',
      reason: 'too-large',
    });
    const request = {};
    for (let call = 0; call < 3; call++) await small.decode([one], undefined, request);
    expect(await rejectionOf(() => small.decode([one], undefined, request))).toMatchObject({
      reason: 'too-large',
    });
    await expect(small.decode([one], undefined, {})).resolves.toHaveLength(1);
  });

  it('counts what came to nothing', async () => {
    const large = packed(await bomb(10_000_000));
    const one = packed(await bomb(60_000));
    const small = new Codec({ maxDecompressedBytes: 150_000, maxDecodeBytes: 200_000 });
    const request = {};
    expect(await rejectionOf(() => small.decode([large], undefined, request))).toMatchObject({
      reason: 'too-large',
    });
    expect(await rejectionOf(() => small.decode([one], undefined, request))).toMatchObject({
      reason: 'too-large',
    });
  });

  it('does nothing for a request that has ended', async () => {
    const request = { signal: AbortSignal.abort(new Error('gone')) };
    await expect(codec.decode([packed(await pack(orders()))], undefined, request)).rejects.toThrow('gone');
  });
});

describe('what was decompressed', () => {
  const zlib = (inner: Uint8Array): Payload => payload('binary/zlib', deflateSync(inner));
  const codec = new ZlibCodec();

  it.each([
    ['a text', Buffer.from('hello, this is no protobuf')],
    ['a field that goes on behind the end', Buffer.from('120561', 'hex')],
    ['data of the wrong wire type', Buffer.from('1001', 'hex')],
    ['a tag without an end', Buffer.alloc(12, 0x80)],
    ['a group', Buffer.from('23'.repeat(50), 'hex')],
    ['field 0', Buffer.from('0000', 'hex')],
    ['many parts that are kept elsewhere', Buffer.from('1a00'.repeat(MAX_FIELDS + 1), 'hex')],
    ['many entries of metadata', Buffer.from('0a00'.repeat(1_000_000), 'hex')],
  ])('is refused where it is %s', async (_what, inner) => {
    const error = await rejectionOf(() => codec.decode([zlib(inner)]));
    expect(error).toBeInstanceOf(CompressionError);
    expect(error).toMatchObject({ code: 'WAXSEAL_COMPRESSION', reason: 'malformed', nonRetryable: true });
  });

  it('may have fields that are not known yet', async () => {
    const later = Buffer.from('fa3e03616263', 'hex');
    const [decoded] = await codec.decode([zlib(Buffer.concat([bytesOf(orders()), later]))]);
    expect(decoded).toEqual(orders());
    const fixed = Buffer.from('290000000000000000' + '2d00000000' + '30ffffffffffffffffff01', 'hex');
    expect(parseInner(fixed, 'binary/zlib')).toEqual({ metadata: {}, data: new Uint8Array() });
  });

  it('is told of in no message', async () => {
    const secret = 'card 4111111111111111';
    for (const given of [zlib(Buffer.from(secret)), payload('binary/zlib', Buffer.from(secret))]) {
      const error = (await rejectionOf(() => codec.decode([given]))) as Error & { readonly cause?: Error };
      expect(`${error.message} ${error.cause?.message ?? ''}`).not.toContain('4111');
      expect(error.message).toContain('Restore the original payload');
    }
  });
});
