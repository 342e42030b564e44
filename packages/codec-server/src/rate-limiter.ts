import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** As many names are remembered; of more, those that were away longest start anew with a full bucket. */
const MAX_NAMES = 100_000;

/**
 * Bounds how much each client does in a while: a token bucket, kept as the time at which it is full again
 * (the generic cell rate algorithm, ITU-T I.371 annex A). It takes no timers, and some 100 bytes a name.
 */
export class RateLimiter {
  readonly #costMs: number;
  readonly #capacityMs: number;
  // By `maxSize`: with `max` the memory for all of it is taken at once.
  readonly #fullAt = new LRUCache<string, number>({ maxSize: MAX_NAMES, sizeCalculation: () => 1 });

  /**
   * @param perSecond what comes into each bucket in a second
   * @param burst what a full bucket holds
   */
  constructor(perSecond: number, burst: number) {
    this.#costMs = 1000 / perSecond;
    this.#capacityMs = burst * this.#costMs;
  }

  /**
   * Takes one from a bucket, where there is one.
   *
   * @param name whose bucket
   * @returns 0, or in how many milliseconds there is one
   */
  tryTake(name: string): number {
    const key = keyOf(name);
    const now = performance.now();
    const fullAt = Math.max(this.#fullAt.get(key) ?? now, now) + this.#costMs;
    const waitMs = fullAt - this.#capacityMs - now;
    // Sums of fractions are off by less than a microsecond.
    if (waitMs > 0.001) return waitMs;
    this.#fullAt.set(key, fullAt);
    return 0;
  }

  /** Takes what was used, known only now; a bucket may then hold less than nothing. */
  charge(name: string, amount: number): void {
    const key = keyOf(name);
    const now = performance.now();
    this.#fullAt.set(key, Math.max(this.#fullAt.get(key) ?? now, now) + amount * this.#costMs);
  }
}

const HASH_CHARACTERS = 44;

/** Short, however long the name is: a name that is shorter than a hash as it is, and of others the hash. */
function keyOf(name: string): string {
  return name.length < HASH_CHARACTERS ? name : hash('sha256', name, 'base64');
}
