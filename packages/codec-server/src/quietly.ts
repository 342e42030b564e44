/**
 * Tells a listener of the program that runs the server. What it throws, and what a promise of it rejects with, is ignored: who
 * only listens must neither change an answer nor end the process.
 */
export function quietly(tell: () => unknown): void {
  try {
    Promise.resolve(tell()).catch(() => undefined);
  } catch {
    // Nobody is left to tell.
  }
}
