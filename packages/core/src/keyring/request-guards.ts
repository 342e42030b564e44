import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../base/clock';
import type { KeyServiceError } from '../base/key-service-error';
import type { WrappedKey } from '../key/key-encryption-key';
import type { BreakerState } from '../key/telemetry';
import type { RequestOrigin } from './request-queue';

/** When a breaker opens, and for how long. */
export interface CircuitBreakerLimits {
  /** Failures in a row. */
  readonly threshold: number;
  readonly resetAfterMs: number;
}

/**
 * Longest time for which it stays open, when probes keep failing: each doubles it. So long can a recovery go
 * unseen.
 */
const LONGEST_MS = 15_000;

/**
 * Stops asking a service that does not answer: after some failures in a row requests are refused at once.
 * After a while one is let through; its end decides for the others.
 *
 * Failures of one tenant close the service to that tenant only: what it asks for may be the cause. The first
 * request of another one shows which it is.
 */
export class CircuitBreaker {
  readonly #limits: CircuitBreakerLimits;
  readonly #clock: Clock;
  readonly #onChange: (state: BreakerState) => void;
  #state: BreakerState = 'closed';
  #failures = 0;
  #openForMs = 0;
  #probeAtMs = 0;
  /** Tenants that failed since the last answer. Two are enough to know: it is not one tenant's doing. */
  readonly #failing = new Set<string>();

  /** @param onChange called at each change */
  constructor(limits: CircuitBreakerLimits, clock: Clock, onChange: (state: BreakerState) => void) {
    this.#limits = limits;
    this.#clock = clock;
    this.#onChange = onChange;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Whether requests of this tenant pass, as far as is known. */
  isClosedTo(tenant: string): boolean {
    return this.#state !== 'closed' && (this.#failing.size > 1 || this.#failing.has(tenant));
  }

  /**
   * Whether a request may be made. A caller that is let through tells how it ended, by one of the three
   * methods.
   *
   * @param tenant for whom it is made
   */
  pass(tenant: string): boolean {
    if (!this.isClosedTo(tenant)) return true;
    if (this.#state === 'half-open' || this.#clock.now() < this.#probeAtMs) return false;
    this.#become('half-open');
    return true;
  }

  /** The service answered, be it with a refusal. */
  answered(): void {
    this.#failures = 0;
    this.#openForMs = 0;
    this.#failing.clear();
    if (this.#state !== 'closed') this.#become('closed');
  }

  /** The service did not answer, or not usefully. */
  failed(tenant: string): void {
    this.#failures += 1;
    if (this.#failing.size < 2) this.#failing.add(tenant);
    if (this.#state === 'closed' && this.#failures < this.#limits.threshold) return;
    // What was asked before it opened says nothing new.
    if (this.#state === 'open') return;
    this.#openForMs = Math.min(
      Math.max(this.#openForMs * 2, this.#limits.resetAfterMs),
      Math.max(LONGEST_MS, this.#limits.resetAfterMs),
    );
    // Half to all of it, so that processes do not come back together.
    this.#probeAtMs = this.#clock.now() + this.#openForMs * (0.5 + 0.5 * Math.random());
    this.#become('open');
  }

  /** The caller gave up: nothing was learnt. */
  abandoned(): void {
    // The time of the probe has come: the next request is one.
    if (this.#state === 'half-open') this.#become('open');
  }

  #become(state: BreakerState): void {
    this.#state = state;
    this.#onChange(state);
  }
}

/** Refusals that are remembered at most. */
const MAX_REFUSALS = 1000;

/**
 * What a service refused moments ago, so that it is not asked the same again. Only what waiting does not
 * change is kept: `denied`, `not-found`, `disabled`, `rejected-ciphertext`; and for a short while, since an
 * operator may change it.
 */
export class RecentRefusals {
  readonly #cache: LRUCache<string, KeyServiceError>;

  constructor(ttlMs: number, clock: Clock) {
    this.#cache = new LRUCache({
      maxSize: MAX_REFUSALS,
      sizeCalculation: () => 1,
      ttl: ttlMs,
      ttlResolution: 0,
      perf: clock,
    });
  }

  /** @param wrapped `undefined` for a wrap */
  find(wrapped: WrappedKey | undefined): KeyServiceError | undefined {
    return this.#cache.get(identityOf(wrapped));
  }

  /** @param error one that waiting does not change */
  add(wrapped: WrappedKey | undefined, error: KeyServiceError): void {
    this.#cache.set(identityOf(wrapped), error);
  }
}

function identityOf(wrapped: WrappedKey | undefined): string {
  if (wrapped === undefined) return '';
  const hash = createHash('sha256').update(`${String(wrapped.keyId.length)}:${wrapped.keyId}`);
  return hash.update(wrapped.bytes).digest('base64');
}

/** Fruitless unwraps of one tenant in a burst, and then each second. */
export const FRUITLESS_BURST = 64;
export const FRUITLESS_PER_SECOND = 16;

/** How long a caller is known for a fruitless unwrap. */
const REMEMBERED_MS = 30_000;
const MAX_TENANTS = 1_000;
const MAX_CALLERS = 10_000;

/**
 * How often a key service is asked in vain. The writer of a payload can make an unwrap that opens
 * nothing, and each costs a request of the quota that all share.
 *
 * A tenant that has used up its burst is asked for no more than so many each second. Its callers that have
 * done nothing of the kind are not concerned: a workflow is not to wait since another one was attacked.
 */
export class FailureBudget {
  readonly #clock: Clock;
  readonly #tenants: LRUCache<string, { readonly left: number; readonly atMs: number }>;
  readonly #callers: LRUCache<string, true>;

  constructor(clock: Clock) {
    this.#clock = clock;
    // By `maxSize`: with `max` the memory for all of it is taken at once, for each key of each tenant's
    // keyring.
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
