import { describe, expect, it } from '@jest/globals';

import { assertChecksum, crc32c } from '../src/exchange';

const CHECK = Buffer.from('123456789');

describe('crc32c', () => {
  it('is that of RFC 3720', () => {
    expect(crc32c(CHECK)).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(0))).toBe(0);
    // RFC 3720 §B.4: 32 bytes of zeroes, of ones, and rising.
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index))).toBe(0x46dd794e);
  });

  it('of a view is that of its bytes', () => {
    expect(crc32c(Buffer.from('x123456789x').subarray(1, 10))).toBe(0xe3069283);
  });
});

describe('a checksum of an answer', () => {
  it.each([String(0xe3069283), 0xe3069283, { toString: () => '3808858755' }])('fits as %p', (value) => {
    expect(() => {
      assertChecksum({ value }, CHECK, 'f');
    }).not.toThrow();
  });

  it.each([undefined, null, {}, { value: null }, { value: '0' }, { value: -486108541 }])(
    'does not as %p',
    (checksum) => {
      expect(() => {
        assertChecksum(checksum, CHECK, 'plaintext_crc32c');
      }).toThrow(
        expect.objectContaining({
          reason: 'unavailable',
          message: expect.stringContaining('plaintext_crc32c'),
        }),
      );
    },
  );
});
