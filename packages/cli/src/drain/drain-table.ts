import { plain, printable, table } from '../printable';
import type { Line } from '../terminal/colour';
import type { DrainedExecution } from './signals';

const HEADINGS = ['AGE', 'PAYLOADS', 'SIGNAL', 'EXECUTION'];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The table for a person. Times in milliseconds since the epoch. */
export function drainLines(
  drained: readonly DrainedExecution[],
  from: string,
  nowMs: number,
): readonly Line[] {
  const count = `${String(drained.length)} open executions need ${printable(from)}`;
  if (drained.length === 0) return [`${count}.`];
  const rows = drained.map(({ startMs, payloads, signal, id, runId, type, kind }) => [
    ageOf(nowMs - startMs),
    Object.entries(payloads)
      .map(([what, times]) => `${String(times)} ${what}`)
      .join(', '),
    signal ?? '-',
    `${plain(id)} ${plain(runId)} (${kind === 'open executions' ? '' : `${kind}, `}${plain(type)})`,
  ]);
  return [
    ...table(HEADINGS, rows),
    '',
    `${count}. They are freed by completion, continue-as-new without the old payloads, reset or termination.`,
  ];
}

function ageOf(ms: number): string {
  if (ms >= 2 * DAY_MS) return `${String(Math.floor(ms / DAY_MS))} d`;
  return ms >= HOUR_MS
    ? `${String(Math.floor(ms / HOUR_MS))} h`
    : `${String(Math.max(0, Math.floor(ms / 60_000)))} min`;
}
