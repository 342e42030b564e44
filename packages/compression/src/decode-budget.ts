import { CompressionError } from './compression-error';

/** What one call, or the calls of one request, may still be decompressed to. */
export class DecodeBudget {
  readonly #mostBytes: number;
  #spentBytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Bytes that are left. */
  get leftBytes(): number {
    return Math.max(0, this.#mostBytes - this.#spentBytes);
  }

  /**
   * Counts what was made, also where it was of no use.
   *
   * @param encoding of the format, for the error
   * @throws CompressionError `too-large` where it was more than was left
   */
  spend(bytes: number, encoding: string): void {
    this.#spentBytes += bytes;
    if (this.#spentBytes > this.#mostBytes) throw new CompressionError('too-large', encoding);
  }
}
