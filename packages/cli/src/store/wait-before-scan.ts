import { setTimeout as wait } from 'node:timers/promises';
import type { Output } from '../output';
import { withProgress } from '../terminal/progress';

const LOG_MS = 300_000;

/** How a {@link waitBeforeScan} goes. */
export interface WaitOptions {
  readonly graceMs: number;
  /** What earlier runs of the same collection have waited, in milliseconds. */
  readonly waitedMs: number;
  readonly notice: Output['notice'];
  /** Called each second at least, with how long has been waited in all. */
  readonly onWaited: (waitedMs: number) => Promise<void>;
}

/**
 * Waits until whoever kept a payload before the collection began has handed its token to Temporal. By the
 * steady clock of this process: what a process that was ended has waited counts, the time after it does not.
 *
 * @returns how long was waited in all, in milliseconds
 */
export function waitBeforeScan({ graceMs, waitedMs, notice, onWaited }: WaitOptions): Promise<number> {
  const isTerminal = process.stderr.isTTY;
  const started = performance.now();
  let toldMs = -Infinity;
  const waited = (): number => waitedMs + performance.now() - started;
  const text = (): string =>
    `The scan begins in ${timeText(Math.max(0, graceMs - waited()))}: what was kept just now must have its token in Temporal.`;
  const untilDue = async (): Promise<number> => {
    for (;;) {
      const leftMs = graceMs - waited();
      if (leftMs <= 0) return waited();
      // A log gets a line now and then.
      if (!isTerminal && performance.now() - toldMs >= LOG_MS) {
        notice(text());
        toldMs = performance.now();
      }
      await wait(Math.min(leftMs, 1_000));
      await onWaited(waited());
    }
  };
  return withProgress('', untilDue, text);
}

/** `59 min 10 s`. */
export function timeText(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  return seconds < 60
    ? `${String(seconds)} s`
    : `${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s`;
}
