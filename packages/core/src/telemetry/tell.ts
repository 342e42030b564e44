/** Tells an observer something; what it throws is its own affair. */
export function tell(say: () => unknown): void {
  try {
    say();
  } catch {
    // Observing must not change what is observed.
  }
}
