import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers';

/** How long this package works on payloads before it lets others have the event loop. */
const SLICE_MS = 8;

/** Payloads between two looks at the clock. */
const STRIDE = 16;

let count = 0;
/** When the slice of this turn of the event loop ends; `undefined` where it has not begun. */
let endsAtMs: number | undefined;
let nextTurn: Promise<void> | undefined;

/**
 * Whether the event loop has been held long enough, by all codecs of the process together: a Worker's other workflows and its
 * heartbeats, or a server's other requests, wait for it. To be asked before each payload; then await {@link pause}, and ask again.
 */
export function isPauseDue(): boolean {
  if (++count < STRIDE && nextTurn === undefined) return false;
  count = 0;
  if (endsAtMs === undefined) {
    endsAtMs = performance.now() + SLICE_MS;
    setImmediate(endSlice);
    return false;
  }
  return performance.now() >= endsAtMs;
}

/** Resolves in the next turn of the event loop, in which a slice begins. */
export function pause(): Promise<void> {
  nextTurn ??= new Promise((resolve) => {
    setImmediate(() => {
      endSlice();
      resolve();
    });
  });
  return nextTurn;
}

function endSlice(): void {
  endsAtMs = undefined;
  nextTurn = undefined;
}
