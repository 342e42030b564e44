/** Undoes what was set up, last first. */
export class CleanUp {
  readonly #steps: (() => unknown)[] = [];

  /** Adds a step that undoes what was just set up; it may be asynchronous. */
  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  /** Runs all steps, the others also when one fails. */
  async run(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        console.error('While cleaning up:', error);
      }
    }
  }
}
