import { isUtf8 } from 'node:buffer';
import { markAsUntransferable } from 'node:worker_threads';
import { MalformedEnvelopeError } from './errors';

/** What stands in text for bytes that are not well-formed UTF-8, or for itself. */
const REPLACEMENT_CHARACTER = '\ufffd';

/**
 * Reads big-endian fields from bytes that are not checked yet. Every read is bounded by what is left, and
 * bytes that it returns are a view: nothing is copied or allocated in proportion to a length that was not
 * checked.
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
    return this.#bytes.readUInt8(this.#advance(1, field));
  }

  /** @throws MalformedEnvelopeError when fewer than two bytes are left */
  readU16(field: string): number {
    return this.#bytes.readUInt16BE(this.#advance(2, field));
  }

  /**
   * @returns a view of the next `length` bytes
   * @throws MalformedEnvelopeError when fewer are left
   */
  readBytes(length: number, field: string): Uint8Array {
    return viewOf(this.#bytes, this.#advance(length, field), length);
  }

  /**
   * Reads a `u16` length and as many bytes.
   *
   * @returns a view
   * @throws MalformedEnvelopeError when the length is outside `least` to `most`, or more than is left
   */
  readPrefixedBytes(least: number, most: number, field: string): Uint8Array {
    return this.readBytes(this.#readLength(least, most, field), field);
  }

  /**
   * Reads a `u16` length and as many bytes of UTF-8.
   *
   * @throws MalformedEnvelopeError when the length is outside `least` to `most`, or more than is left, or the
   *   bytes are not well-formed
   */
  readPrefixedText(least: number, most: number, field: string): string {
    const start = this.#advance(this.#readLength(least, most, field), field);
    const text = this.#bytes.toString('utf8', start, this.#offset);
    if (text.includes(REPLACEMENT_CHARACTER) && !isUtf8(this.#bytes.subarray(start, this.#offset))) {
      throw new MalformedEnvelopeError(`${field}: not well-formed UTF-8.`);
    }
    return text;
  }

  /**
   * Passes over the next `length` bytes, without a view of them.
   *
   * @throws MalformedEnvelopeError when fewer are left
   */
  pass(length: number, field: string): void {
    this.#advance(length, field);
  }

  /** Reads these very bytes, where they are next. @returns whether they were */
  skip(bytes: Buffer): boolean {
    const end = this.#offset + bytes.length;
    if (end > this.#bytes.length || this.#bytes.compare(bytes, 0, bytes.length, this.#offset, end) !== 0) {
      return false;
    }
    this.#offset = end;
    return true;
  }

  /** A view of what was read from `start` on. */
  since(start: number): Buffer {
    return this.#bytes.subarray(start, this.#offset);
  }

  #readLength(least: number, most: number, field: string): number {
    const length = this.readU16(field);
    if (length < least || length > most) {
      throw new MalformedEnvelopeError(
        `${field}: a length of ${String(length)} bytes is outside ${String(least)} to ${String(most)}.`,
      );
    }
    return length;
  }

  /** @returns where the next `length` bytes begin */
  #advance(length: number, field: string): number {
    const start = this.#offset;
    if (length > this.remaining) {
      throw new MalformedEnvelopeError(
        `${field}: needs ${String(length)} bytes at offset ${String(start)}, and ${String(this.remaining)} are left. The payload is truncated or is not an envelope.`,
      );
    }
    this.#offset = start + length;
    return start;
  }
}

/** A `Buffer` over the same memory as `bytes`; nothing is copied. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Up to this length, a loop takes less time than a call of what Node.js has in C++. */
const SHORT_BYTES = 32;

/** Whether both hold the same bytes. It takes longer the more are: not for secrets. */
export function areEqual(one: Uint8Array, other: Uint8Array): boolean {
  const { length } = one;
  if (length !== other.length) return false;
  if (length > SHORT_BYTES) return asBuffer(one).equals(other);
  for (let index = 0; index < length; index++) if (one[index] !== other[index]) return false;
  return true;
}

/** Fills `part`, which is short, with the bytes from `start` on. */
export function copyPart(bytes: Uint8Array, start: number, part: Uint8Array): void {
  for (let index = 0; index < part.length; index++) part[index] = bytes[start + index] ?? 0;
}

/**
 * A view of some of `bytes`, in less time than by `subarray`, which asks what `bytes` is an instance of.
 *
 * @param length checked by the caller: behind `bytes`, there may be memory of others
 */
export function viewOf({ buffer, byteOffset }: Uint8Array, start: number, length: number): Uint8Array {
  return new Uint8Array(buffer, byteOffset + start, length);
}

/**
 * `parse`, which gives its last result again when it gets the same bytes again: payloads come in runs that
 * share a key ID.
 *
 * @param parse depends on the bytes only, keeps no view of them, and gives what is not changed. What it
 *   throws is not remembered.
 */
export function rememberLast<T>(parse: (bytes: Uint8Array) => T): (bytes: Uint8Array) => T {
  let last: { readonly bytes: Buffer; readonly result: T } | undefined;
  return (bytes) => {
    if (last === undefined || !areEqual(last.bytes, bytes)) {
      last = { result: parse(bytes), bytes: Buffer.from(bytes) };
    }
    return last.result;
  };
}

/**
 * Decodes UTF-8 strictly: unlike a `Buffer`'s own `toString`, ill-formed input gives no replacement
 * characters.
 *
 * @returns the text, or `undefined` when `bytes` is not well-formed UTF-8
 */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  return isUtf8(bytes) ? asBuffer(bytes).toString('utf8') : undefined;
}

/** The length of bytes that lie in pieces. */
export function byteLength(pieces: readonly Uint8Array[]): number {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  return length;
}

/** As of the pool of Node.js for its Buffers: a view that is kept holds no more memory than one of those. */
const SHARED_BYTES = 8 * 1024;
const MAX_VIEW_BYTES = SHARED_BYTES / 2;

let shared = new ArrayBuffer(0);
let taken = 0;

/**
 * Zeroed memory for bytes that are no secret, each byte of which is given once. Short ones are views of
 * memory that only such bytes share: an allocation of its own costs more than to fill it.
 */
export function allocatePublic(length: number): Uint8Array {
  if (length > MAX_VIEW_BYTES) return new Uint8Array(length);
  if (taken + length > shared.byteLength) {
    shared = new ArrayBuffer(SHARED_BYTES);
    // Whoever transferred one view to another thread would take all of them.
    markAsUntransferable(shared);
    taken = 0;
  }
  const view = new Uint8Array(shared, taken, length);
  taken += length;
  return view;
}
