import type { Clock } from '../durations/clock';
import type { BreakerState } from '../telemetry/breaker-state';

/** When a breaker opens, and for how long. */
export interface CircuitBreakerLimits {
  /** Failures in a row. */
  readonly failures: number;
  readonly openForMs: number;
}

/** Longest time for which it stays open, when probes keep failing: each doubles it. So long can a recovery go unseen. */
const LONGEST_MS = 15_000;

/**
 * Stops asking a service that does not answer: after some failures in a row requests are refused at once. After a while one
 * is let through; its end decides for the others.
 *
 * Failures of one tenant close the service to that tenant only: what it asks for may be the cause. The first request of another
 * one shows which it is.
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

  /** @param onChange told of each change */
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
   * Whether a request may be made. Whoever is let through tells how it ended, by one of the three methods.
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
    if (this.#state === 'closed' && this.#failures < this.#limits.failures) return;
    // What was asked before it opened says nothing new.
    if (this.#state === 'open') return;
    this.#openForMs = Math.min(
      Math.max(this.#openForMs * 2, this.#limits.openForMs),
      Math.max(LONGEST_MS, this.#limits.openForMs),
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
