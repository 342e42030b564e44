/** Rights that were taken away, for some keys or for every key. */
export class Denials<Right> {
  readonly #denied = new Map<Right, ReadonlySet<string> | 'every key'>();

  /** @param names of the keys; none means every key */
  deny(right: Right, names: readonly string[]): void {
    this.#denied.set(right, names.length === 0 ? 'every key' : new Set(names));
  }

  /** Takes back {@link Denials.deny}. */
  allow(right: Right): void {
    this.#denied.delete(right);
  }

  isDenied(right: Right, name: string): boolean {
    const denied = this.#denied.get(right);
    return denied === 'every key' || denied?.has(name) === true;
  }

  clear(): void {
    this.#denied.clear();
  }
}

/** What a double is to do with its next requests, in order. */
export class Script<Behaviour> {
  readonly #next: Behaviour[] = [];

  /** Does this `times` times, after what was scripted before. */
  add(behaviour: Behaviour, times: number): void {
    for (let count = 0; count < times; count++) this.#next.push(behaviour);
  }

  /** What is to be done with a request that has come; `undefined` where nothing is scripted. */
  take(): Behaviour | undefined {
    return this.#next.shift();
  }

  clear(): void {
    this.#next.length = 0;
  }
}
