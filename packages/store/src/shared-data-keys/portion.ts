import type { DataKeyLimits } from '@waxseal/core';
import type { SharedKeyPart } from '../shared-key-records';

/** Shares of a data key that one process takes at once, at the least and at the most. */
const LEAST = 2 ** -14;
const MOST = 2 ** -6;

/** A part is to last about so long. */
const LASTS_MS = 30_000;
/** One that lasted so little is followed by one four times as large. */
const IN_NO_TIME_MS = 1_000;
const LONG_MS = 10 * 60_000;

/**
 * How much of a shared key a process takes at once: little at first, since what it does not use is lost to
 * all, and more where it comes again soon. So a fleet of thousands does not use a key up by being there, and
 * a busy process does not ask for each payload.
 */
export class Portion {
  readonly #limits: DataKeyLimits;
  #share = LEAST;
  #takenAtMs = -Infinity;

  constructor(limits: DataKeyLimits) {
    this.#limits = limits;
  }

  /**
   * Tells that a part is being asked for.
   *
   * @param isUsedUp whether the last one is nearly used up; else its key is old
   */
  adapt(nowMs: number, isUsedUp: boolean): void {
    const lastedMs = isUsedUp ? nowMs - this.#takenAtMs : Math.max(LASTS_MS, nowMs - this.#takenAtMs);
    const factor = lastedMs < IN_NO_TIME_MS ? 4 : lastedMs < LASTS_MS ? 2 : lastedMs < LONG_MS ? 1 : 0.5;
    if (this.#takenAtMs !== -Infinity) this.#share = Math.min(MOST, Math.max(LEAST, this.#share * factor));
    this.#takenAtMs = nowMs;
  }

  /**
   * @param bytes that are needed at once
   * @param taken of the key so far
   * @returns what to ask for; `undefined` where so much is not left
   */
  of(bytes: number, taken: SharedKeyPart = { messages: 0, bytes: 0 }): SharedKeyPart | undefined {
    const { maxMessages, maxBytes } = this.#limits;
    const left = { messages: maxMessages - taken.messages, bytes: maxBytes - taken.bytes };
    if (left.messages < 1 || left.bytes < Math.max(1, bytes)) return undefined;
    return {
      messages: Math.min(left.messages, Math.ceil(maxMessages * this.#share)),
      bytes: Math.min(left.bytes, Math.max(bytes, Math.ceil(maxBytes * this.#share))),
    };
  }
}
