import { LRUCache } from 'lru-cache';

import type { Clock } from '../durations/clock';
import type { RequestOrigin } from './request-queue';

/** Fruitless unwraps of one tenant in a burst, and then each second. */
export const FRUITLESS_BURST = 64;
export const FRUITLESS_PER_SECOND = 16;

/** How long a caller is known for a fruitless unwrap. */
const REMEMBERED_MS = 30_000;
const MAX_TENANTS = 1_000;
const MAX_CALLERS = 10_000;

/**
 * How often a key service is asked in vain. Whoever can write a payload can make an unwrap that opens nothing, and each costs a
 * request of the quota that all share.
 *
 * A tenant that has used up its burst is asked for no more than so many each second. Its callers that have done nothing of the
 * kind are not concerned: a workflow is not to wait since another one was attacked.
 */
export class FailureBudget {
  readonly #clock: Clock;
  readonly #tenants: LRUCache<string, { readonly left: number; readonly atMs: number }>;
  readonly #callers: LRUCache<string, true>;

  constructor(clock: Clock) {
    this.#clock = clock;
    // By `maxSize`: with `max` the memory for all of it is taken at once, for each key of each tenant's keyring.
    this.#tenants = new LRUCache({ maxSize: MAX_TENANTS, sizeCalculation: () => 1 });
    this.#callers = new LRUCache({
      maxSize: MAX_CALLERS,
      sizeCalculation: () => 1,
      ttl: REMEMBERED_MS,
      ttlResolution: 0,
      perf: clock,
    });
  }

  /** Whether one more request may be made. */
  allows(origin: RequestOrigin): boolean {
    return this.#left(origin.tenant) >= 1 || !this.#callers.has(nameOf(origin));
  }

  /** A request was refused for what it asked, or what it gave opened nothing. */
  spend(origin: RequestOrigin): void {
    // Below zero: what was under way when the burst was used up counts too.
    const left = Math.max(-FRUITLESS_BURST, this.#left(origin.tenant) - 1);
    this.#tenants.set(origin.tenant, { left, atMs: this.#clock.now() });
    this.#callers.set(nameOf(origin), true);
  }

  #left(tenant: string): number {
    const known = this.#tenants.get(tenant);
    if (known === undefined) return FRUITLESS_BURST;
    const refilled = ((this.#clock.now() - known.atMs) / 1_000) * FRUITLESS_PER_SECOND;
    return Math.min(FRUITLESS_BURST, known.left + refilled);
  }
}

function nameOf({ tenant, caller }: RequestOrigin): string {
  return `${String(tenant.length)}:${tenant}${caller}`;
}
