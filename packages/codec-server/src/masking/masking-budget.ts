import { Unmaskable } from './hidden-payload';

/** What one call may still do, in steps: a step looks at a value, or at a piece of text. */
export class MaskingBudget {
  readonly #all: number;
  #left: number;

  /** @param all steps: a whole number */
  constructor(all: number) {
    this.#all = all;
    this.#left = all;
  }

  /** Steps that were taken; at most all. */
  get used(): number {
    return Math.min(this.#all - this.#left, this.#all);
  }

  /**
   * Takes steps, before they are done.
   *
   * @throws Unmaskable when there are not as many left
   */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new Unmaskable('too-large');
  }
}
