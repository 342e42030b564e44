/** Nothing is drawn of what is done within this time. */
const QUIET_MS = 1_000;
const EVERY_MS = 200;
const BAR = 30;

/** How far something has come, of how much where that is known. */
export interface Step {
  readonly done: number;
  readonly total?: number | undefined;
}

/** What is drawn on the last line of the terminal, if anything is. */
const last: { drawn?: Progress | undefined } = {};

/** Takes the progress off the terminal, for a line to be written there. It is drawn again later. */
export function eraseProgress(): void {
  last.drawn?.erase();
}

/**
 * Shows on standard error how far something has come that takes longer than a second: a bar, or how many and
 * how long. Only on a terminal, and gone at the end.
 */
export class Progress {
  readonly #what: string;
  readonly #read: (() => Step | string | undefined) | undefined;
  #startMs = performance.now();
  readonly #timer: NodeJS.Timeout | undefined;
  #shownMs = performance.now() + QUIET_MS - EVERY_MS;
  #step: Step | undefined;
  #first: number | undefined;

  /**
   * @param what is counted, or is being done where nothing can be counted
   * @param read gives how far it has come, or a text in the place of all; undefined where {@link show} says
   *   it, before which nothing is drawn
   */
  constructor(what: string, read?: () => Step | string | undefined) {
    this.#what = what;
    this.#read = read;
    if (!isDrawable()) return;
    this.#timer = setInterval(() => {
      this.#drawIfDue();
    }, EVERY_MS);
    this.#timer.unref();
  }

  /** Says how far it has come. It is drawn also where nothing else gets its turn meanwhile. */
  show(step: Step): void {
    this.#step = step;
    if (this.#first === undefined) {
      this.#first = step.done - 1;
      this.#startMs = performance.now();
    }
    if (this.#timer !== undefined) this.#drawIfDue();
  }

  /** Leaves the line to what comes next. */
  end(): void {
    clearInterval(this.#timer);
    this.erase();
  }

  erase(): void {
    if (last.drawn !== this) return;
    last.drawn = undefined;
    process.stderr.write(ERASE_LINE);
  }

  #drawIfDue(): void {
    const now = performance.now();
    const hasNothing = this.#read === undefined && this.#step === undefined;
    if (hasNothing || now - this.#shownMs < EVERY_MS) return;
    this.#shownMs = now;
    const read = this.#read?.();
    if (typeof read !== 'string' && read !== undefined) {
      this.#step = read;
      this.#first ??= 0;
    }
    const ms = now - this.#startMs;
    const text = typeof read === 'string' ? read : progressText(this.#what, this.#step, this.#first ?? 0, ms);
    process.stderr.write(`${ERASE_LINE}${text.slice(0, (process.stderr.columns || 80) - 1)}`);
    // One line is all there is: of two that are under way, the last that was drawn has it.
    last.drawn = this;
  }
}

/** ECMA-48 §8.3.41, in front of which the cursor goes to the beginning of the line. */
const ERASE_LINE = '\r\u001b[K';

function isDrawable(): boolean {
  return process.stderr.isTTY && process.env['TERM'] !== 'dumb';
}

/**
 * One line for a person.
 *
 * @param first how many had been done before the time began, as by an earlier run
 * @param ms how long it took so far
 */
export function progressText(what: string, step: Step | undefined, first: number, ms: number): string {
  const elapsed = secondsText(ms / 1_000);
  if (step === undefined) return `${what}, ${elapsed}`;
  const { done, total } = step;
  if (done === 0 && total === undefined) return `0 ${what}, ${elapsed}`;
  const perSecond = Math.max(0, ((done - first) * 1_000) / ms);
  const rate = `${perSecond.toFixed(perSecond < 10 ? 1 : 0)}/s`;
  if (total === undefined) return `${String(done)} ${what}, ${rate}`;
  const full = total === 0 ? BAR : Math.min(BAR, Math.round((BAR * done) / total));
  const left = perSecond === 0 ? '' : `, ${secondsText(Math.max(0, total - done) / perSecond)} left`;
  return `[${'#'.repeat(full)}${'.'.repeat(BAR - full)}] ${String(done)} of ${String(total)} ${what}, ${rate}${left}`;
}

function secondsText(seconds: number): string {
  return seconds < 120 ? `${String(Math.ceil(seconds))} s` : `${String(Math.ceil(seconds / 60))} min`;
}

/**
 * Does something, and shows that it is under way.
 *
 * @param read gives how far it has come; for how long it takes, where there is nothing to count
 */
export async function withProgress<T>(
  what: string,
  work: () => Promise<T>,
  read: () => Step | string | undefined = () => undefined,
): Promise<T> {
  const progress = new Progress(what, read);
  try {
    return await work();
  } finally {
    progress.end();
  }
}
