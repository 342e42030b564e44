import type { Output } from '../output';
import type { ScanProgress } from '../scan/scan-namespace';

const EVERY_MS = { terminal: 200, log: 10_000 } as const;
const BAR = 30;

/**
 * Shows how far a scan has come: a bar that is drawn over on a terminal, a line now and then in a log. On
 * standard error.
 */
export class Progress {
  readonly #notice: Output['notice'];
  readonly #what: string;
  readonly #startMs = performance.now();
  readonly #isTerminal = process.stderr.isTTY;
  #shownMs = performance.now();
  #first: number | undefined;
  #isDrawn = false;

  /** @param what is counted */
  constructor(notice: Output['notice'], what = 'executions') {
    this.#notice = notice;
    this.#what = what;
  }

  show({ executions, total }: ScanProgress): void {
    const now = performance.now();
    this.#first ??= executions - 1;
    const isLast = executions >= total && this.#isTerminal;
    if (!isLast && now - this.#shownMs < EVERY_MS[this.#isTerminal ? 'terminal' : 'log']) return;
    this.#shownMs = now;
    const perSecond = ((executions - this.#first) * 1000) / (now - this.#startMs);
    const text = progressText(executions, total, perSecond, this.#what);
    if (!this.#isTerminal) {
      this.#notice(text);
      return;
    }
    const full = total === 0 ? BAR : Math.min(BAR, Math.round((BAR * executions) / total));
    // Erase in line: https://ecma-international.org/publications-and-standards/standards/ecma-48/ §8.3.41.
    process.stderr.write(`\r\x1B[K[${'#'.repeat(full)}${'.'.repeat(BAR - full)}] ${text}`);
    this.#isDrawn = true;
  }

  /** Leaves the line to what comes next. */
  end(): void {
    if (this.#isDrawn) process.stderr.write('\n');
    this.#isDrawn = false;
  }
}

function progressText(executions: number, total: number, perSecond: number, what: string): string {
  const left = Math.max(0, total - executions);
  const seconds = Math.ceil(left / perSecond);
  const wait = seconds < 120 ? `${String(seconds)} s` : `${String(Math.ceil(seconds / 60))} min`;
  return `${String(executions)} of ${String(total)} ${what}, ${perSecond.toFixed(0)}/s, ${wait} left`;
}
