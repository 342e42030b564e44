import { uptime } from 'node:os';
import { performance as processPerformance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers';

/** Milliseconds since some fixed moment. Never goes back. */
export interface Clock {
  now(): number;
}

/** How often the system's uptime is read. */
const CHECK_MS = 1_000;

/**
 * A clock that counts the time for which the machine was suspended, and that setting the time of day does not
 * move.
 *
 * Node's monotonic clock stands still while a machine sleeps, so that a key would outlive its limit by a
 * night; the time of day jumps when NTP corrects it, so that all keys could expire at once. The system's
 * uptime does neither. It is read once a second at most: within that second after waking up, time may still
 * seem to have stood still.
 */
export class SteadyClock implements Clock {
  readonly #monotonicMs: () => number;
  readonly #uptimeMs: () => number;
  #checkedAtMs: number;
  /** Uptime less the monotonic clock, at most so far: it grows by what is slept. */
  #lead: number;

  /**
   * @param monotonicMs stands still in sleep
   * @param uptimeMs counts sleep
   */
  constructor(
    monotonicMs: () => number = () => performance.now(),
    uptimeMs: () => number = () => uptime() * 1000,
  ) {
    this.#monotonicMs = monotonicMs;
    this.#uptimeMs = uptimeMs;
    this.#checkedAtMs = monotonicMs();
    this.#lead = uptimeMs() - this.#checkedAtMs;
  }

  now(): number {
    const monotonic = this.#monotonicMs();
    if (monotonic - this.#checkedAtMs >= CHECK_MS) {
      this.#checkedAtMs = monotonic;
      const lead = this.#uptimeMs() - monotonic;
      // Uptime is told in hundredths or whole seconds: what is less than two is no sleep.
      if (lead - this.#lead > 2_000) this.#lead = lead;
    }
    return monotonic + this.#lead;
  }
}

/** The process's clock. */
export const STEADY_CLOCK: Clock = new SteadyClock();

/** How long work on payloads goes on before others have the event loop: with one large payload more, 8 ms. */
const SLICE_MS = 3;

/** Bytes that are sealed or opened in some ten microseconds. */
const BYTES_A_PIECE = 16 * 1024;

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
    endsAtMs = processPerformance.now() + SLICE_MS;
    setImmediate(endSlice);
    return false;
  }
  return processPerformance.now() >= endsAtMs;
}

/** Pieces of work that sealing or opening so many bytes is. */
export function piecesOf(bytes: number): number {
  return 1 + bytes / BYTES_A_PIECE;
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
