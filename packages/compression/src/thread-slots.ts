import { onAbort } from '@waxseal/core/internal';

/**
 * Lets so many pieces of work run at a time, and others wait in the order in which they came: one at most for
 * each call of a codec, so that who bounds the calls bounds those. What Node.js does in threads, DNS and file
 * access among it, has four of them: compression must not have all.
 */
export class ThreadSlots {
  #free: number;
  readonly #waiting = new Set<() => void>();

  /** @param count pieces of work at a time */
  constructor(count: number) {
    this.#free = count;
  }

  /** Pieces of work that wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * @param signal ends the wait, and not the work
   * @returns what `work` gives; it rejects as `work` does
   * @throws the reason of `signal`
   */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn(signal);
    try {
      return await work();
    } finally {
      this.#pass();
    }
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        unlink?.();
        resolve();
      };
      this.#waiting.add(begin);
      const unlink =
        signal &&
        onAbort(signal, () => {
          this.#waiting.delete(begin);
          reject(signal.reason as Error);
        });
    });
  }

  #pass(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}

/** The slots of all codecs of this process. */
export const THREAD_SLOTS = new ThreadSlots(2);
