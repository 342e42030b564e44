import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers';

/** How long work on payloads goes on before others have the event loop. */
const SLICE_MS = 8;

/** Pieces of work between two looks at the clock. */
const STRIDE = 16;

let count = 0;
/** When the slice of this turn of the event loop ends; `undefined` where it has not begun. */
let endsAtMs: number | undefined;
/** Callers that wait for the next turn, in the order in which they then go on. */
let waiting: (() => void)[] = [];

/**
 * Whether the event loop has been held long enough, by all that asks here together: a Worker's other
 * workflows and its heartbeats, or a server's other requests, wait for it. To be asked before each piece of
 * work; then await {@link pause}, and ask again.
 *
 * @param pieces how much work the next step is, in pieces of some ten microseconds; `Infinity` to have the
 *   clock looked at
 */
export function isPauseDue(pieces = 1): boolean {
  count += pieces;
  if (count < STRIDE && waiting.length === 0) return false;
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
  return new Promise((resolve) => {
    if (waiting.length === 0) setImmediate(wakeAll);
    waiting.push(resolve);
  });
}

/**
 * The first caller had the slice before this one, and so goes on last: each has one of as many slices as
 * there are waiting.
 */
function wakeAll(): void {
  endSlice();
  const [first, ...others] = waiting;
  waiting = [];
  for (const resolve of others) resolve();
  first?.();
}

function endSlice(): void {
  endsAtMs = undefined;
}
