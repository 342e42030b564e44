/** Milliseconds since some fixed moment. Never goes back. */
export interface Clock {
  now(): number;
}
