import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { parsePayload } from '@waxseal/core/internal';

import { CompressionError, hasZstd, ZlibCodec, ZstdCodec } from '../src';
import { findFrame, skippableFrame } from '../src/zstd-frame';
import { bytesOf, payload } from './support/payloads';

interface ZlibVector {
  readonly sdk: string;
  readonly call: string;
  readonly payload: string;
  readonly given: string;
  readonly written: string;
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(join(__dirname, 'vectors', name), 'utf8'));
}

const zlib = read('zlib.json') as { readonly vectors: readonly ZlibVector[] };
const zstd = read('zstd.json') as {
  readonly given: string;
  readonly written: Readonly<Record<'plain' | 'padded' | 'blocks', string>>;
  readonly others: Readonly<Record<string, string>>;
};

describe('zlib codecs of the SDKs', () => {
  it.each(zlib.vectors)('$sdk, $call: $payload', async ({ given, written }) => {
    const [decoded] = await new ZlibCodec().decode([parsePayload(Buffer.from(written, 'base64'))]);
    expect(bytesOf(decoded)).toEqual(bytesOf(parsePayload(Buffer.from(given, 'base64'))));
  });

  it.each(zlib.vectors.filter(({ call }) => call === 'encode'))(
    'compress as this one where $sdk is given: $payload',
    async ({ given, written }) => {
      const codec = new ZlibCodec({ threshold: 0 });
      const [encoded] = await codec.encode([parsePayload(Buffer.from(given, 'base64'))]);
      const theirs = parsePayload(Buffer.from(written, 'base64'));
      expect(encoded?.metadata?.['encoding']).toEqual(theirs.metadata?.['encoding']);
    },
  );
});

describe('a frame of zstd', () => {
  const { plain, padded, blocks } = zstd.written;
  const frames = { plain, padded, blocks };

  it.each(Object.entries(frames))('is found in %s', (name, written) => {
    const data = Buffer.from(written, 'base64');
    const { start, end, mostOutput } = findFrame(data);
    expect(start).toBe(0);
    expect(end).toBe(name === 'padded' ? Buffer.from(plain, 'base64').length : data.length);
    expect(mostOutput).toBeGreaterThanOrEqual(name === 'blocks' ? 300_000 : 500);
    expect(mostOutput).toBeLessThanOrEqual(3 * 128 * 1024);
  });

  it.each(Object.entries(frames))('is not found in %s where it is cut, or goes on', (_name, written) => {
    const data = Buffer.from(written, 'base64');
    for (let length = 0; length < data.length; length++) {
      const isBetweenFrames = length === findFrame(data).end;
      if (!isBetweenFrames) expect(() => findFrame(data.subarray(0, length))).toThrow(CompressionError);
    }
    for (const behind of [Buffer.of(0), data]) {
      expect(() => findFrame(Buffer.concat([data, behind]))).toThrow(CompressionError);
    }
  });

  it('is found between those that are skipped', () => {
    const data = Buffer.from(plain, 'base64');
    const between = Buffer.concat([skippableFrame(8), skippableFrame(20), data, skippableFrame(9)]);
    expect(findFrame(between)).toMatchObject({ start: 28, end: 28 + data.length });
    expect(() => findFrame(skippableFrame(12))).toThrow(CompressionError);
    expect(() => findFrame(skippableFrame(12).subarray(0, 11))).toThrow(CompressionError);
  });

  it.each(Object.entries(zstd.others))('is found in that of %s', (_library, written) => {
    const data = Buffer.from(written, 'base64');
    expect(findFrame(data)).toMatchObject({ start: 0, end: data.length });
  });

  (hasZstd() ? it : it.skip)('is opened', async () => {
    for (const written of [plain, padded, ...Object.values(zstd.others)]) {
      const [decoded] = await new ZstdCodec().decode([
        payload('binary/zstd', Buffer.from(written, 'base64')),
      ]);
      expect(bytesOf(decoded).toString('base64')).toBe(zstd.given);
    }
  });
});
