/** How a check ended. A warning does not fail a run. */
export type CheckStatus = 'ok' | 'warn' | 'fail';

/** One thing that was looked at. */
export interface Check {
  /** What was checked, stable for programs: `node`, `crypto`, `fips`, `state`, `caller`, `may-wrap`, `round-trip`, … */
  readonly name: string;
  readonly status: CheckStatus;
  /** A sentence for a person. Holds no secret. */
  readonly detail: string;
}
