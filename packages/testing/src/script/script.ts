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
