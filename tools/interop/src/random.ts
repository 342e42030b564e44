import { createHash } from 'node:crypto';

/** Numbers that look random and are the same for the same seed. */
export class Random {
  readonly #seed: string;
  #block: Buffer = Buffer.alloc(0);
  #used = 0;
  #blocks = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** A whole number from 0 to below `limit`, which is at most 2^32. */
  below(limit: number): number {
    if (this.#used + 4 > this.#block.length) {
      this.#block = createHash('sha512')
        .update(`${this.#seed} ${String(this.#blocks++)}`)
        .digest();
      this.#used = 0;
    }
    const value = this.#block.readUInt32BE(this.#used);
    this.#used += 4;
    return Math.floor((value / 2 ** 32) * limit);
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  /** One of a list. @throws RangeError when it is empty */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('There is nothing to pick from.');
    return items[this.below(items.length)] as T;
  }

  /** True once in so many times. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }
}
