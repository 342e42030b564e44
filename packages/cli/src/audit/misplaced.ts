import type { Findings } from './findings';
import type { LineAt } from './read-lines';

/** A line that is in no chain, or was altered. */
interface Stranger {
  readonly at: LineAt;
  readonly isReported: boolean;
}

/** Numbers of a chain that did not come in their order, and the line in front of which they should stand. */
interface Gap {
  readonly chain: string;
  readonly from: number;
  readonly to: number;
  readonly at: LineAt;
}

/** Of each, what waits to be understood by what comes after it. */
const MAX_PENDING = 1000;
const NOTHING = Buffer.alloc(0);
const OPENING_BRACE = 0x7b;

/**
 * Lines that stand where they should not, and places where lines should stand, until it is clear what became
 * of them.
 */
export class Misplaced {
  /** Lines that are in no chain and stand in front of the first that is. */
  notChained = 0;
  readonly #findings: Findings;
  readonly #isFromLog: boolean;
  #isStarted = false;
  #strangers: Stranger[] = [];
  #gaps: Gap[] = [];

  /** @param isFromLog whether lines of text may stand between */
  constructor(findings: Findings, isFromLog: boolean) {
    this.#findings = findings;
    this.#isFromLog = isFromLog;
  }

  /** @param isReported whether it was reported as altered already */
  addStranger(at: LineAt, isReported: boolean): void {
    const last = this.#strangers.pop();
    if (last !== undefined) this.#strangers.push({ ...last, at: { ...last.at, bytes: NOTHING } });
    if (this.#strangers.length === MAX_PENDING) this.#leave(this.#strangers.splice(0));
    this.#strangers.push({ at, isReported });
  }

  /** The line directly in front, where it is in no chain; it is then accounted for. */
  takeCutOff(isIt: (bytes: Buffer) => boolean): LineAt | undefined {
    const last = this.#strangers.at(-1);
    if (last === undefined || last.isReported || !isIt(last.at.bytes)) return undefined;
    this.#strangers.pop();
    return last.at;
  }

  /**
   * A line of a chain came, and so many before it did not. As many that are in none stand in their place:
   * those were altered.
   *
   * @param from number of the first that did not come; above `to` where none is missing
   * @param at the line that came
   */
  came(chain: string, from: number, to: number, at: LineAt): void {
    const strangers = this.#strangers.splice(0);
    const missing = Math.max(to - from + 1, 0);
    if (missing > 0 && missing === strangers.length) {
      for (const each of strangers.filter(({ isReported }) => !isReported)) {
        this.#findings.add('altered', each.at, `it stands where a line of chain ${chain} should be`);
      }
    } else {
      this.#leave(strangers);
      if (missing > 0) this.#gaps.push({ chain, from, to, at: { ...at, bytes: NOTHING } });
      for (const gap of this.#gaps.splice(0, this.#gaps.length - MAX_PENDING)) this.#report(gap);
    }
    this.#isStarted = true;
  }

  /** @returns whether a line was missing that came now */
  fill(chain: string, seq: number): boolean {
    const index = this.#gaps.findIndex((gap) => gap.chain === chain && gap.from <= seq && seq <= gap.to);
    const gap = this.#gaps[index];
    if (gap === undefined) return false;
    const rest = [
      { ...gap, to: seq - 1 },
      { ...gap, from: seq + 1 },
    ];
    this.#gaps.splice(index, 1, ...rest.filter(({ from, to }) => from <= to));
    return true;
  }

  /** Reports what was not cleared up. */
  end(): void {
    const last = this.#strangers.at(-1);
    if (this.#isStarted && last?.at.state === 'unended' && !last.isReported) {
      this.#strangers.pop();
      this.#leave(this.#strangers.splice(0));
      this.#findings.add('cut off', last.at, 'the line has no end');
    } else this.#leave(this.#strangers.splice(0));
    for (const gap of this.#gaps.splice(0)) this.#report(gap);
  }

  #leave(strangers: readonly Stranger[]): void {
    for (const { at, isReported } of strangers) {
      if (isReported) continue;
      if (!this.#isStarted) this.notChained += 1;
      else if (!this.#isFromLog || at.state !== 'whole' || at.bytes[0] === OPENING_BRACE) {
        this.#findings.add('inserted', at, at.state === 'too long' ? 'it is too long' : 'it is in no chain');
      }
    }
  }

  #report({ chain, from, to, at }: Gap): void {
    const what = from === to ? `line ${String(from)}` : `lines ${String(from)} to ${String(to)}`;
    this.#findings.add('removed', at, `in front of it ${what} of chain ${chain} should be`);
  }
}
