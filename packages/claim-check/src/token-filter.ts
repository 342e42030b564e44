import { createHash, randomBytes } from 'node:crypto';
import { bytesOfToken } from './token';

/** Bits that are set for each token. */
const HASHES = 7;
const SALT_BYTES = 16;

/**
 * A set of tokens in a fixed amount of memory, a Bloom filter: it forgets none that it was given, and takes
 * some others for given, which then are kept for another while. With another salt each time, those are others
 * each time.
 */
export class TokenFilter {
  readonly #salt: Uint8Array;
  readonly #bits: Uint8Array;

  /**
   * @param sizeBytes 64 MiB hold 50 million tokens, with 6 in 1,000 others taken for given
   * @param salt of a filter that is taken up again
   */
  constructor(sizeBytes = 64 * 1024 * 1024, salt: Uint8Array = randomBytes(SALT_BYTES)) {
    this.#bits = new Uint8Array(sizeBytes);
    this.#salt = new Uint8Array(salt);
  }

  /** @param token a UUID in its text form */
  add(token: string): void {
    for (const place of this.#placesOf(token)) {
      const byte = Math.floor(place / 8);
      this.#bits[byte] = (this.#bits[byte] ?? 0) | (1 << (place % 8));
    }
  }

  /** Whether a token was given; `true` for few that were not. */
  mayHave(token: string): boolean {
    return this.#placesOf(token).every(
      (place) => ((this.#bits[Math.floor(place / 8)] ?? 0) & (1 << (place % 8))) !== 0,
    );
  }

  /** All of it, to be taken up again by {@link fromBytes}: the salt and then the bits. A fresh buffer. */
  toBytes(): Uint8Array {
    return Buffer.concat([this.#salt, this.#bits]);
  }

  /** @param bytes what `toBytes` gave */
  static fromBytes(bytes: Uint8Array): TokenFilter {
    const filter = new TokenFilter(bytes.length - SALT_BYTES, bytes.subarray(0, SALT_BYTES));
    filter.#bits.set(bytes.subarray(SALT_BYTES));
    return filter;
  }

  #placesOf(token: string): number[] {
    const hash = createHash('sha256').update(this.#salt).update(bytesOfToken(token)).digest();
    const bits = this.#bits.length * 8;
    return Array.from({ length: HASHES }, (_, index) => hash.readUInt32BE(index * 4) % bits);
  }
}
