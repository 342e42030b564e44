import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Principal } from '../auth/principal';
import type { RateLimit } from '../options/rate-limit';
import { RequestError } from './request-error';

/** As many principals are remembered; of more, those that were away longest start anew with a full bucket. */
const MAX_PRINCIPALS = 100_000;

/**
 * Bounds how many requests a principal makes in a while: a token bucket, kept as the time at which it is full again (the
 * generic cell rate algorithm, ITU-T I.371 annex A). It takes no timers, and some 100 bytes a principal.
 */
export class RateLimiter {
  readonly #costMs: number;
  readonly #capacityMs: number;
  readonly #fullAt = new LRUCache<string, number>({ max: MAX_PRINCIPALS });

  constructor({ requestsPerSecond, burst }: RateLimit) {
    this.#costMs = 1000 / requestsPerSecond;
    this.#capacityMs = burst * this.#costMs;
  }

  /**
   * Takes one request from a principal's bucket.
   *
   * @param principal undefined without `auth`: then all share one bucket
   * @throws RequestError 429 when it is empty
   */
  take(principal: Principal | undefined): void {
    const waitMs = this.tryTake(principal);
    if (waitMs > 0) {
      throw new RequestError(429, 'RATE_LIMITED', 'You make too many requests. Wait, and try again.', {
        retryAfterSeconds: Math.ceil(waitMs / 1000),
      });
    }
  }

  /**
   * Takes one from a principal's bucket, where there is one.
   *
   * @returns 0, or in how many milliseconds there is one
   */
  tryTake(principal: Principal | undefined): number {
    const key = nameOf(principal);
    const now = performance.now();
    const fullAt = Math.max(this.#fullAt.get(key) ?? now, now) + this.#costMs;
    const waitMs = fullAt - this.#capacityMs - now;
    // Sums of fractions are off by less than a microsecond.
    if (waitMs > 0.001) return waitMs;
    this.#fullAt.set(key, fullAt);
    return 0;
  }
}

/** Of one length, however long the names are. */
function nameOf(principal: Principal | undefined): string {
  const name = principal === undefined ? '' : JSON.stringify([principal.issuer, principal.id]);
  return hash('sha256', name, 'base64');
}
