import { isPauseDue, pause } from '@waxseal/core/internal';
import { Unmaskable } from './hidden-payload';

/** Work that is done step by step: wherever it yields, others may have the event loop. */
export type Steps<T> = Generator<undefined, T, undefined>;

/**
 * Does all steps of a piece of work, and lets others have the event loop in between.
 *
 * @param signal ends the work at the next step
 * @returns a promise only where there was more than one step
 * @throws what the work throws; the promise also rejects with the signal's reason
 */
export function takeSteps<T>(
  steps: Steps<T>,
  signal: Pick<AbortSignal, 'throwIfAborted'> | undefined,
): T | Promise<T> {
  const step = steps.next();
  return step.done === true ? step.value : takeFurtherSteps(steps, signal);
}

async function takeFurtherSteps<T>(
  steps: Steps<T>,
  signal: Pick<AbortSignal, 'throwIfAborted'> | undefined,
): Promise<T> {
  for (;;) {
    while (isPauseDue(Infinity)) await pause();
    signal?.throwIfAborted();
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

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
