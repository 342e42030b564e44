import { uptime } from 'node:os';

/** Milliseconds since some fixed moment. Never goes back. */
export interface Clock {
  now(): number;
}

/** How often the system's uptime is read. */
const CHECK_MS = 1_000;

/**
 * A clock that counts the time for which the machine was suspended, and that setting the time of day does not
 * move.
 *
 * Node's monotonic clock stands still while a machine sleeps, so that a key would outlive its limit by a
 * night; the time of day jumps when NTP corrects it, so that all keys could expire at once. The system's
 * uptime does neither. It is read once a second at most: within that second after waking up, time may still
 * seem to have stood still.
 */
export class SteadyClock implements Clock {
  readonly #monotonicMs: () => number;
  readonly #uptimeMs: () => number;
  #checkedAtMs: number;
  /** Uptime less the monotonic clock, at most so far: it grows by what is slept. */
  #lead: number;

  /**
   * @param monotonicMs stands still in sleep
   * @param uptimeMs counts sleep
   */
  constructor(
    monotonicMs: () => number = () => performance.now(),
    uptimeMs: () => number = () => uptime() * 1000,
  ) {
    this.#monotonicMs = monotonicMs;
    this.#uptimeMs = uptimeMs;
    this.#checkedAtMs = monotonicMs();
    this.#lead = uptimeMs() - this.#checkedAtMs;
  }

  now(): number {
    const monotonic = this.#monotonicMs();
    if (monotonic - this.#checkedAtMs >= CHECK_MS) {
      this.#checkedAtMs = monotonic;
      const lead = this.#uptimeMs() - monotonic;
      // Uptime is told in hundredths or whole seconds: what is less than two is no sleep.
      if (lead - this.#lead > 2_000) this.#lead = lead;
    }
    return monotonic + this.#lead;
  }
}

/** The process's clock. */
export const STEADY_CLOCK: Clock = new SteadyClock();
