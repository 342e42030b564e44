import type { DayCount } from './usage-report';

const MS_PER_DAY = 86_400_000;
const MOST_BINS = 60;

/** A period of days in UTC, and the next begins where it ends. */
export interface Bin {
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  readonly endMs: number;
  /** Its first day, its month or its year: `2026-11-30`, `2026-11`, `2026`. */
  readonly label: string;
}

/** Periods of one length that follow each other. */
export interface TimeBins {
  /** How long each is: `day`, `week`, `month`, `year`, `10 years`. */
  readonly unit: string;
  readonly bins: readonly Bin[];
}

/**
 * Cuts the time from a moment to another into periods that fit a chart: at most 60, whatever the times
 * are. They come from what is read, and may lie apart by millennia.
 */
export function timeBins(fromMs: number, toMs: number): TimeBins {
  const last = Math.max(fromMs, toMs);
  for (const days of [1, 7]) {
    // Weeks begin on Monday: the epoch was a Thursday.
    const offset = days === 7 ? 3 : 0;
    const first = Math.floor((Math.floor(fromMs / MS_PER_DAY) + offset) / days) * days - offset;
    const length = Math.floor((Math.floor(last / MS_PER_DAY) - first) / days) + 1;
    if (length > MOST_BINS) continue;
    const bins = Array.from({ length }, (_, index) => {
      const startMs = (first + index * days) * MS_PER_DAY;
      return { startMs, endMs: startMs + days * MS_PER_DAY, label: labelOf(startMs, 10) };
    });
    return { unit: days === 1 ? 'day' : 'week', bins };
  }
  return monthBins(fromMs, last);
}

function monthBins(fromMs: number, lastMs: number): TimeBins {
  const monthOf = (ms: number): number => {
    const date = new Date(ms);
    return date.getUTCFullYear() * 12 + date.getUTCMonth();
  };
  let months = 1;
  while ((monthOf(lastMs) - Math.floor(monthOf(fromMs) / months) * months) / months >= MOST_BINS) {
    months = months === 1 ? 12 : months * 10;
  }
  const first = Math.floor(monthOf(fromMs) / months) * months;
  const length = Math.floor((monthOf(lastMs) - first) / months) + 1;
  const bins = Array.from({ length }, (_, index) => {
    const startMs = startOf(first + index * months);
    return {
      startMs,
      endMs: startOf(first + (index + 1) * months),
      label: labelOf(startMs, months === 1 ? 7 : 4),
    };
  });
  const years = months / 12;
  return { unit: months === 1 ? 'month' : years === 1 ? 'year' : `${String(years)} years`, bins };
}

function startOf(month: number): number {
  const date = new Date(0);
  return date.setUTCFullYear(Math.floor(month / 12), month % 12, 1);
}

function labelOf(ms: number, length: number): string {
  const date = new Date(ms);
  return date.getUTCFullYear() >= 0 && date.getUTCFullYear() < 10_000
    ? date.toISOString().slice(0, length)
    : `year ${String(date.getUTCFullYear())}`;
}

/** When a day began, in milliseconds since the epoch; undefined where it is none. */
export function startOfDay(day: string): number | undefined {
  const ms = Date.parse(day);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Adds counts of days up in their bins. What lies outside of all is left out. */
export function countInBins(days: readonly DayCount[], { bins }: TimeBins): number[] {
  const counts = bins.map(() => 0);
  for (const { day, count } of days) {
    const ms = startOfDay(day);
    const index = ms === undefined ? -1 : bins.findIndex(({ startMs, endMs }) => startMs <= ms && ms < endMs);
    if (index >= 0) counts[index] = (counts[index] ?? 0) + count;
  }
  return counts;
}
