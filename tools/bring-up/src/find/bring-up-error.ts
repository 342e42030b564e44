/** One place that was looked at in vain. */
export interface FailedAttempt {
  /** Where it was looked for, for instance `temporal on PATH`. */
  readonly place: string;
  /** Why nothing usable was there. */
  readonly reason: string;
}

/**
 * Thrown when a service can be neither found nor installed, or does not start. Its message says what to do
 * next.
 */
export class BringUpError extends Error {
  /** Stable, machine-readable code of the error. */
  readonly code = 'WAXSEAL_BRING_UP';

  /** The places that were tried, in order; empty when the service was found but did not start. */
  readonly tried: readonly FailedAttempt[];

  /**
   * @param summary - what is missing, as one sentence
   * @param advice - what to install or to set, as one sentence
   * @param tried - the places that were tried, in order
   */
  constructor(summary: string, advice: string, tried: readonly FailedAttempt[] = []) {
    super([summary, ...tried.map(({ place, reason }) => `  - ${place}: ${reason}`), advice].join('\n'));
    this.name = 'BringUpError';
    this.tried = tried;
  }
}
