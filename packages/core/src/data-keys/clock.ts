/** Milliseconds since some fixed moment. Never goes back. */
export interface Clock {
  now(): number;
}

/** The process's monotonic clock. */
export const MONOTONIC_CLOCK: Clock = performance;
