/** What an error is to Temporal, which retries activities by it. */
export interface TemporalTraits {
  /** Type of the `ApplicationFailure`. Stands in histories in clear. */
  readonly type: string;
  /** Whether trying again is useless even after an operator's help: the payload itself is not as it should be. */
  readonly isFinal: boolean;
  /** How long Temporal should wait before it tries an activity again. */
  readonly nextRetryDelay?: `${number}s`;
}

/** Of what an operator can mend: to be tried again, and not often. */
export const MENDABLE = { isFinal: false, nextRetryDelay: '30s' } as const;

/** Of what nobody can mend. */
export const FINAL = { isFinal: true } as const;
