import { setTimeout as sleep } from 'node:timers/promises';

/** How {@link waitUntil} asks. */
export interface WaitUntilOptions {
  /** Time from the end of one question to the next. 50 when left out. */
  readonly intervalMs?: number;
  /** After this long the wait is given up. 30,000 when left out. */
  readonly timeoutMs?: number;
}

/**
 * Asks again and again until the answer is yes.
 *
 * @param isTrue - the question; when it throws, the wait ends with that error
 * @returns whether the answer was yes within the time
 */
export async function waitUntil(
  isTrue: () => boolean | Promise<boolean>,
  options: WaitUntilOptions = {},
): Promise<boolean> {
  const deadline = Date.now() + (options.timeoutMs ?? 30_000);
  while (Date.now() < deadline) {
    if (await isTrue()) {
      return true;
    }
    await sleep(options.intervalMs ?? 50);
  }
  return false;
}
