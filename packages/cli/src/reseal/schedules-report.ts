import { printable } from '../printable';
import type { ScheduleOutcome } from './reseal-schedule';

/** What came of a schedule, and which it is. */
export interface NamedOutcome extends ScheduleOutcome {
  readonly scheduleId: string;
}

/** What `--json` prints. */
export interface SchedulesReport {
  readonly namespace: string;
  readonly dryRun: boolean;
  readonly looked: number;
  /** Schedules of which something was sealed anew, or would be. */
  readonly resealed: number;
  /** Schedules of which something is left, and that failed. */
  readonly left: number;
  /** All but those with nothing to do. */
  readonly schedules: readonly NamedOutcome[];
}

/** Whether something is left of what was asked for. */
export function isLeft({ result, left }: ScheduleOutcome): boolean {
  return result === 'failed' || left.length > 0;
}

export function schedulesReport(
  namespace: string,
  dryRun: boolean,
  outcomes: readonly NamedOutcome[],
): SchedulesReport {
  return {
    namespace,
    dryRun,
    looked: outcomes.length,
    resealed: outcomes.filter(({ payloads }) => payloads.length > 0).length,
    left: outcomes.filter(isLeft).length,
    schedules: outcomes.filter((each) => each.result !== 'nothing to do' || each.left.length > 0),
  };
}

/** The report for a person. */
export function scheduleLines({
  dryRun,
  looked,
  resealed,
  left,
  schedules,
}: SchedulesReport): readonly string[] {
  const did = dryRun ? 'to be resealed' : 'resealed';
  return [
    ...schedules.flatMap(linesOf),
    `${String(looked)} schedules: ${String(resealed)} ${did}, ${String(left)} with something left or failed${dryRun ? '. Nothing was changed.' : ''}`,
  ];
}

function linesOf({ scheduleId, result, payloads, left, because }: NamedOutcome): readonly string[] {
  const why = because === undefined ? '' : `: ${because}`;
  const count = payloads.length === 0 ? '' : `, ${String(payloads.length)} payloads, ${keysOf(payloads)}`;
  return [
    `${printable(scheduleId)}: ${result}${count}${why}`,
    ...left.map(({ field, names, because: reason }) => `  left: ${field} (${list(names)}): ${reason}`),
  ];
}

function keysOf(payloads: NamedOutcome['payloads']): string {
  const all = (side: 'from' | 'to'): string => list([...new Set(payloads.flatMap((each) => each[side]))]);
  return `${all('from')} → ${all('to')}`;
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'in clear' : names.map(printable).join(', ');
}
