import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { paddedSize, padmeSize } from '../src/padme';
import { ZLIB } from '../src/zlib-format';
import { ZSTD } from '../src/zstd-format';

describe('size classes', () => {
  it.each([
    // By the formula of the paper: E = floor(log2 L), S = floor(log2 E) + 1, the last E - S bits zero.
    [0, 0],
    [1, 1],
    [8, 8],
    [9, 10],
    [129, 144],
    [256, 256],
    [257, 272],
    [1_000, 1_024],
    [1_025, 1_088],
    [100_000, 100_352],
    [2 ** 21 + 1, 2 ** 21 + 2 ** 16],
  ])('of %i is %i', (length, size) => {
    expect(padmeSize(length)).toBe(size);
  });

  it('are at most 12 % larger, and their own', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 30 }), (length) => {
        const size = padmeSize(length);
        expect(size).toBeGreaterThanOrEqual(length);
        expect(size).toBeLessThanOrEqual(length * 1.12);
        expect(padmeSize(size)).toBe(size);
      }),
    );
  });

  it.each([ZLIB, ZSTD])(
    'are reached by the fillers of $encoding, at most 12 % larger from 256 bytes on',
    (format) => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 2 ** 22 }), (length) => {
          const size = paddedSize(length, (bytes) => format.canFill(bytes));
          expect(padmeSize(size)).toBe(size);
          expect(format.canFill(size - length)).toBe(true);
          if (length >= 256) expect(size).toBeLessThanOrEqual(length * 1.12);
        }),
        { numRuns: 500 },
      );
    },
  );

  it('are of the length that is asked for', () => {
    for (const format of [ZLIB, ZSTD]) {
      const data = Buffer.from('789c', 'hex');
      for (let bytes = 0; bytes < 300; bytes++) {
        if (format.canFill(bytes)) expect(format.fill(data, bytes)).toHaveLength(2 + bytes);
      }
    }
  });
});
