import { isPauseDue, pause } from '@waxseal/core';

/** Work that is done step by step: wherever it yields, others may have the event loop. */
export type Steps<T> = Generator<undefined, T, undefined>;

/**
 * Does all steps of a piece of work, and lets others have the event loop in between.
 *
 * @param signal ends the work at the next step
 * @throws the signal's reason, and what the work throws
 */
export async function takeSteps<T>(steps: Steps<T>, signal: AbortSignal | undefined): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    do await pause();
    while (isPauseDue(Infinity));
    signal?.throwIfAborted();
  }
}
