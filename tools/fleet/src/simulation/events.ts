/** Events in the order of their times: a binary heap. */
export class Events<Event> {
  readonly #heap: { readonly atMs: number; readonly event: Event }[] = [];

  get size(): number {
    return this.#heap.length;
  }

  add(atMs: number, event: Event): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push({ atMs, event });
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#timeOf(parent) <= this.#timeOf(at)) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  /** The next event; `undefined` where there is none. */
  next(): { readonly atMs: number; readonly event: Event } | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    heap[0] = last;
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      if (this.#timeOf(left) < this.#timeOf(least)) least = left;
      if (this.#timeOf(right) < this.#timeOf(least)) least = right;
      if (least === at) return first;
      this.#swap(at, least);
      at = least;
    }
  }

  #timeOf(index: number): number {
    return this.#heap[index]?.atMs ?? Infinity;
  }

  #swap(one: number, other: number): void {
    const heap = this.#heap;
    const [a, b] = [heap[one], heap[other]];
    if (a === undefined || b === undefined) return;
    heap[one] = b;
    heap[other] = a;
  }
}

/** Random numbers from 0 up to 1, the same for one seed (Mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
