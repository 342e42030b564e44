import type { SharedKeyRecord } from '../shared-key-records';

/** How far the times of day of a fleet may be apart. */
export const CLOCK_TOLERANCE_MS = 10 * 60_000;

/** Keys that are remembered at most. */
const REMEMBERED = 8;

/** The clocks of a process. */
export interface ProcessClocks {
  /** Milliseconds since some moment. Never goes back. */
  readonly steady: () => number;
  /** The time of day, in milliseconds since 1970. May be wrong, and jump. */
  readonly wall: () => number;
}

/**
 * How old shared keys are, by all that this process knows: what the store says, what has passed here since it
 * first saw the key, and what the maker's time of day says, less what clocks may be apart. The greatest
 * counts, so that one clock that is set back makes no key younger.
 */
export class SeenKeys {
  readonly #clocks: ProcessClocks;
  /** By the bytes of the record: when the key was made at the latest, by the steady clock. */
  readonly #madeAt = new Map<string, number>();
  #newest = 0;

  constructor(clocks: ProcessClocks) {
    this.#clocks = clocks;
  }

  /** The greatest number of an authentic key so far; 0 where there was none. */
  get newest(): number {
    return this.#newest;
  }

  /**
   * Tells of an authentic key.
   *
   * @param askedAtMs when the store was asked, by the steady clock: the way of its answer counts as age
   * @param madeAtMs by the maker's time of day
   * @returns its age in milliseconds
   */
  see(key: Omit<SharedKeyRecord, 'taken'>, askedAtMs: number, madeAtMs: number): number {
    this.#newest = Math.max(this.#newest, key.sequence);
    const byWall = this.#clocks.steady() - (this.#clocks.wall() - madeAtMs - CLOCK_TOLERANCE_MS);
    return this.#note(key.record, Math.min(askedAtMs - key.ageMs, byWall));
  }

  /** Tells of an age that the store has said later. */
  hear(record: Uint8Array, askedAtMs: number, ageMs: number): number {
    return this.#note(record, askedAtMs - ageMs);
  }

  #note(record: Uint8Array, madeAtMs: number): number {
    const name = Buffer.from(record).toString('latin1');
    const earliest = Math.min(madeAtMs, this.#madeAt.get(name) ?? Infinity);
    this.#madeAt.delete(name);
    this.#madeAt.set(name, earliest);
    const [oldest] = this.#madeAt.keys();
    if (this.#madeAt.size > REMEMBERED && oldest !== undefined) this.#madeAt.delete(oldest);
    return this.#clocks.steady() - earliest;
  }
}
