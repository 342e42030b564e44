import { MalformedEnvelopeError } from '../errors/malformed-envelope-error';
import { asBuffer } from './as-buffer';

/**
 * Reads big-endian fields from bytes that nobody has checked yet. Every read is bounded by what is left, and what it
 * returns is a view: nothing is copied or allocated in proportion to a length that the bytes announce.
 */
export class ByteReader {
  readonly #bytes: Buffer;
  #offset = 0;

  /** @param bytes read in place; must not change while the reader or a view from it is in use */
  constructor(bytes: Uint8Array) {
    this.#bytes = asBuffer(bytes);
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes not read yet. */
  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** @throws MalformedEnvelopeError when nothing is left */
  readU8(field: string): number {
    this.#require(1, field);
    return this.#bytes.readUInt8(this.#offset++);
  }

  /** @throws MalformedEnvelopeError when fewer than two bytes are left */
  readU16(field: string): number {
    this.#require(2, field);
    const value = this.#bytes.readUInt16BE(this.#offset);
    this.#offset += 2;
    return value;
  }

  /**
   * @returns a view of the next `length` bytes
   * @throws MalformedEnvelopeError when fewer are left
   */
  readBytes(length: number, field: string): Buffer {
    this.#require(length, field);
    const start = this.#offset;
    this.#offset += length;
    return this.#bytes.subarray(start, this.#offset);
  }

  /**
   * Reads a `u16` length and as many bytes.
   *
   * @returns a view
   * @throws MalformedEnvelopeError when the length is outside `least` to `most`, or more than is left
   */
  readLengthPrefixed(least: number, most: number, field: string): Buffer {
    const length = this.readU16(`${field} length`);
    if (length < least || length > most) {
      throw new MalformedEnvelopeError(
        `${field}: a length of ${String(length)} bytes is outside ${String(least)} to ${String(most)}.`,
      );
    }
    return this.readBytes(length, field);
  }

  #require(length: number, field: string): void {
    if (length > this.remaining) {
      throw new MalformedEnvelopeError(
        `${field}: needs ${String(length)} bytes at offset ${String(this.#offset)}, and ${String(this.remaining)} are left. The payload is truncated or is not an envelope.`,
      );
    }
  }
}
