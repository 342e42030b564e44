/**
 * Lets so many pieces of work run at a time, and others wait in the order in which they came. What Node.js
 * does in threads, DNS and file access among it, has four of them: compression must not have all.
 */
export class ThreadSlots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param count pieces of work at a time */
  constructor(count: number) {
    this.#free = count;
  }

  /** @returns what `work` gives; it rejects as `work` does */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

/** The slots of all codecs of this process. */
export const THREAD_SLOTS = new ThreadSlots(2);
