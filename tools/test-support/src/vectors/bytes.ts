import { createHmac } from 'node:crypto';

/** Writers for the notation of docs/spec/envelope.md §1, independent of the code under test. */
export const bytes = {
  /** `u8` */
  u8: (value: number): Buffer => Buffer.of(value),

  /** `u16`, big-endian */
  u16: (value: number): Buffer => Buffer.of(value >> 8, value & 0xff),

  /** `‖` */
  join: (...parts: readonly Uint8Array[]): Buffer => Buffer.concat(parts),

  /** UTF-8 */
  text: (value: string): Buffer => Buffer.from(value, 'utf8'),

  /** `u16 length ‖ bytes` */
  prefixed: (value: Uint8Array): Buffer => Buffer.concat([bytes.u16(value.length), value]),

  /** `length` bytes that count up from `first` */
  sequence: (first: number, length: number): Buffer =>
    Buffer.from(Array.from({ length }, (_, i) => (first + i) % 256)),

  /** `length` bytes that look random and are the same for the same label */
  fixed: (label: string, length: number): Buffer => {
    const blocks = Array.from({ length: Math.ceil(length / 64) }, (_, i) =>
      createHmac('sha512', 'waxseal test vectors')
        .update(`${label}#${String(i)}`)
        .digest(),
    );
    return Buffer.concat(blocks).subarray(0, length);
  },

  /** The same bytes with one bit changed. */
  flip: (value: Uint8Array, offset: number, bit = 0): Buffer => {
    const changed = Buffer.from(value);
    changed[offset] = (changed[offset] ?? 0) ^ (1 << bit);
    return changed;
  },
};
