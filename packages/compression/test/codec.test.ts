import { inspect } from 'node:util';
import { deflateSync } from 'node:zlib';

import { describe, expect, it } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import { ConfigurationError } from '@waxseal/core';
import { CODEC_STAGE, stageOf } from '@waxseal/core/internal';
import fc from 'fast-check';

import { type CompressionOptions, hasZstd, lookInside, ZlibCodec, ZstdCodec } from '../src';
import { padmeSize } from '../src/padme';
import { CODECS } from './support/formats';
import { ANY_PAYLOAD, bytesOf, dataOf, encodingOf, orders, payload } from './support/payloads';

const OPTIONS: readonly CompressionOptions[] = [
  {},
  { threshold: 0 },
  { threshold: 0, alwaysEncode: true },
  { padding: 'padme' },
];

describe.each(CODECS)('a codec for %s', (name, Codec) => {
  it.each(OPTIONS)('gives back any payload, with %j', async (options) => {
    const codec = new Codec(options);
    await fc.assert(
      fc.asyncProperty(fc.array(ANY_PAYLOAD, { maxLength: 4 }), async (payloads) => {
        const decoded = await codec.decode(await codec.encode(payloads));
        expect(decoded.map(bytesOf)).toEqual(payloads.map(bytesOf));
      }),
      { numRuns: 40 },
    );
  });

  it('compresses what becomes smaller, and leaves all else as it is', async () => {
    const small = payload('json/plain', '"hello"');
    const random = payload(
      'binary/plain',
      Uint8Array.from({ length: 400 }, (_, i) => (i * i * 7919) >> 3),
    );
    const [first, second, third] = await new Codec().encode([orders(), small, random]);
    expect(Object.keys(first?.metadata ?? {})).toEqual(['encoding']);
    expect(encodingOf(first)).toBe(`binary/${name}`);
    expect(dataOf(first).length).toBeLessThan(bytesOf(orders()).length / 2);
    expect(second).toBe(small);
    expect(third).toBe(random);
    const [packed] = await new Codec({ threshold: 0, alwaysEncode: true }).encode([small]);
    expect(encodingOf(packed)).toBe(`binary/${name}`);
  });

  it('decodes no other encoding, and what is within once', async () => {
    const codec = new Codec({ threshold: 0, alwaysEncode: true });
    const foreign = [
      payload('json/plain', '1'),
      payload(`binary/${name}x`),
      {},
      { metadata: null, data: null },
    ];
    const same = await codec.decode(foreign);
    for (const [index, each] of same.entries()) expect(each).toBe(foreign[index]);
    const [twice] = await codec.encode(await codec.encode([orders()]));
    const [once] = await codec.decode([twice ?? {}]);
    expect(encodingOf(once)).toBe(`binary/${name}`);
  });

  it('reads only, with a threshold of Infinity', async () => {
    const given = [orders()];
    const reader = new Codec({ threshold: Infinity });
    expect(await reader.encode(given)).toEqual(given);
    expect(await reader.decode(await new Codec().encode(given))).toEqual(given);
  });

  it('compresses what is large in a thread, and the same comes back', async () => {
    const large = orders(60_000);
    const codec = new Codec();
    const [one, two] = await Promise.all([codec.encode([large]), codec.encode([large])]);
    expect(dataOf(one[0]).equals(dataOf(two[0]))).toBe(true);
    const [decoded] = await codec.decode(one);
    expect(Buffer.compare(dataOf(decoded), dataOf(large))).toBe(0);
  });

  it('does not write what it would not read', async () => {
    const codec = new Codec({ maxDecompressedBytes: 4_000, maxDecodeBytes: 6_000 });
    const [large, fits] = [orders(300), orders(60)];
    expect(bytesOf(fits).length).toBeGreaterThan(2_500);
    const encoded = await codec.encode([large, fits, fits, fits]);
    expect(encoded.map(encodingOf)).toEqual(['json/plain', `binary/${name}`, `binary/${name}`, 'json/plain']);
    expect(await codec.decode(encoded)).toEqual([large, fits, fits, fits]);
  });

  it('fills every payload up to a size class', async () => {
    const codec = new Codec({ padding: 'padme' });
    const sizes = new Set<number>();
    for (let length = 0; length < 700; length += 3) {
      const data = Uint8Array.from({ length }, (_, i) => (i * i * 7919) >> 3);
      const [packed] = await codec.encode([payload('binary/plain', data)]);
      sizes.add(dataOf(packed).length);
      expect(await codec.decode([packed ?? {}])).toEqual([payload('binary/plain', data)]);
    }
    expect([...sizes].filter((size) => padmeSize(size) !== size)).toEqual([]);
    expect(sizes.size).toBeLessThan(50);
  });

  it('takes data that are a view of others, and gives data of their own', async () => {
    const whole = Buffer.concat([Buffer.alloc(100, 'a'), dataOf(orders()), Buffer.alloc(100, 'b')]);
    const view = { ...orders(), data: whole.subarray(100, -100) };
    const [packed] = await new Codec().encode([view]);
    expect(packed?.data?.buffer.byteLength).toBe(packed?.data?.length);
    const behind = Buffer.concat([Buffer.alloc(9), dataOf(packed)]).subarray(9);
    const [decoded] = await new Codec().decode([{ ...packed, data: behind }]);
    expect(decoded).toEqual(orders());
    // What decompresses gives a part of its memory, which one payload would keep alive.
    const all = [decoded?.data, decoded?.metadata?.['encoding']];
    for (const bytes of all) expect(bytes?.buffer.byteLength).toBe(bytesOf(orders()).length);
  });

  it.each<[object, RegExp]>([
    [{ treshold: 1 }, /"treshold" is not an option/],
    [{ threshold: -1 }, /threshold must be a whole number/],
    [{ threshold: '1' }, /threshold must be a whole number/],
    [{ level: 20 }, /level must be a whole number/],
    [{ level: -1 }, /level must be a whole number/],
    [{ padding: true }, /padding must be 'padme' or false/],
    [{ padding: 'padme', alwaysEncode: false }, /contradicts/],
    [{ padding: 'padme', threshold: Infinity }, /packs every one/],
    [{ alwaysEncode: 1 }, /alwaysEncode must be/],
    [{ maxDecompressedBytes: 0 }, /maxDecompressedBytes must be/],
    [{ maxDecompressedBytes: 10, maxDecodeBytes: 9 }, /maxDecodeBytes must be a whole number from 10/],
  ])('refuses %j', (options, message) => {
    expect(() => new Codec(options)).toThrow(ConfigurationError);
    expect(() => new Codec(options)).toThrow(message);
  });

  it('keeps no more memory than a payload has', async () => {
    const [packed = {}] = await new Codec({ threshold: 0, alwaysEncode: true }).encode([orders(3)]);
    const [decoded] = await new Codec().decode([packed]);
    expect(decoded?.data?.buffer.byteLength).toBeLessThan(2 * bytesOf(orders(3)).length);
  });

  it('says what it does, and shows its settings', () => {
    const codec = new Codec({ threshold: Infinity });
    expect(codec[CODEC_STAGE]).toBe('compress');
    expect(stageOf(codec)).toBe('compress');
    expect(JSON.parse(JSON.stringify(codec))).toMatchObject({
      encoding: `binary/${name}`,
      threshold: 'Infinity',
    });
    expect(inspect(codec)).toMatch(/^Z(?:lib|std)Codec \{/);
  });

  it('shows tools what is within', async () => {
    const [packed = {}] = await new Codec().encode([orders()]);
    expect(lookInside(packed, 10_000)).toEqual(orders());
    expect(lookInside(packed, 100)).toBeUndefined();
    expect(lookInside(orders(), 10_000)).toBeUndefined();
    expect(lookInside({ ...packed, data: dataOf(packed).subarray(1) }, 10_000)).toBeUndefined();
  });
});

describe('a ZlibCodec', () => {
  it('pads small payloads without compressing them', async () => {
    const secret = payload(
      'json/plain',
      JSON.stringify('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'),
    );
    const [stored] = await new ZlibCodec({ padding: 'padme' }).encode([secret]);
    expect(dataOf(stored).includes(dataOf(secret))).toBe(true);
    const [other] = await new ZlibCodec({ padding: 'padme', level: 0 }).encode([orders()]);
    expect(dataOf(other).includes(dataOf(orders()))).toBe(true);
  });

  it('needs no option of the Go SDK to be read', async () => {
    const data = deflateSync(bytesOf(orders()), { level: 1 });
    expect(await new ZlibCodec().decode([payload('binary/zlib', data)])).toEqual([orders()]);
  });

  it('keeps the prototype of nobody', async () => {
    const odd: Payload = {
      metadata: JSON.parse('{"__proto__":[]}') as Record<string, Uint8Array>,
      data: null,
    };
    const codec = new ZlibCodec({ threshold: 0, alwaysEncode: true });
    const [decoded] = await codec.decode(await codec.encode([odd]));
    expect(Object.getPrototypeOf(decoded?.metadata)).toBe(Object.getPrototypeOf({}));
  });
});

(hasZstd() ? it.skip : it)('a ZstdCodec is refused where there is no zstd', () => {
  expect(() => new ZstdCodec()).toThrow(/has no zstd\. Run 22\.15 or later/);
  expect(() => new ZstdCodec()).toThrow(ConfigurationError);
});

(hasZstd() ? it : it.skip)('a ZstdCodec has no level that pads alone', () => {
  expect(() => new ZstdCodec({ padding: 'padme', threshold: 1 })).toThrow(
    /threshold must be 0 beside padding/,
  );
});
