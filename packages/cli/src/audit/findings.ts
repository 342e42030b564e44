import type { LineAt } from './read-lines';

/**
 * What is wrong. `altered`: a line is not as it was written. `removed`: lines are missing. `inserted`: a line
 * is in no chain, or there twice. `reordered`: a line is there, but not in its place. `cut off`: the end is
 * missing. `restarted`: a chain begins that does not name what stands before. `not chained`, `not signed`:
 * there is nothing to verify a line by.
 */
export type BreakKind =
  'altered' | 'removed' | 'inserted' | 'reordered' | 'cut off' | 'restarted' | 'not chained' | 'not signed';

/** Something that was found in an audit log. */
export interface Finding {
  readonly kind: BreakKind | 'note';
  /** Null where it is about no line. */
  readonly file: string | null;
  readonly line: number | null;
  /** What it is, for a person. */
  readonly detail: string;
}

const MOST_KEPT = 1000;

/** Findings: the first thousand breaks and notes, and how many there are. */
export class Findings {
  readonly #kept: Finding[] = [];
  breaks = 0;
  notes = 0;

  /** @param at the line that it is about */
  add(kind: Finding['kind'], at: LineAt | undefined, detail: string): void {
    const count = kind === 'note' ? (this.notes += 1) : (this.breaks += 1);
    if (count > MOST_KEPT) return;
    this.#kept.push({ kind, file: at?.file ?? null, line: at?.number ?? null, detail });
  }

  /** Those that are kept, in the order in which they were found. */
  get kept(): readonly Finding[] {
    return this.#kept;
  }
}
