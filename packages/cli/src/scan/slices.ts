import { temporal } from '@temporalio/proto';
import type { TemporalReader } from './temporal-reader';

const api = temporal.api.workflowservice.v1;

/** What is listed by visibility queries: executions of workflows, of activities, of Nexus operations. */
export type Listed = 'workflows' | 'activities' | 'nexusOperations';

/**
 * A part of what a namespace lists, as a visibility query. An execution is in one slice for good, whatever
 * becomes of it while the scan goes on:
 *
 * - `closed`: it had closed when the scan began; the slice is a range of close times
 * - `open`: it had not; the slice is a range of start times, and those that close meanwhile stay in it
 */
export interface Slice {
  readonly listed: Listed;
  readonly set: 'open' | 'closed';
  readonly query: string;
  /** How many executions the server counted. */
  readonly count: number;
}

/** What is taken off the beginning of a scan, in milliseconds: visibility may be late by this much. */
export const VISIBILITY_LAG_MS = 5_000;

/** How many executions a slice is to have at most. A scan that is resumed reads its last slices again. */
export const MOST_IN_SLICE = 500;

/** Temporal is younger. */
const BEGINNING_MS = Date.UTC(2019, 0, 1);
const DAY_MS = 86_400_000;

/** What is to be cut into slices. */
export interface SliceOptions {
  /** When the scan began, in milliseconds since the epoch. */
  readonly asOfMs: number;
  /** The beginning of an earlier scan: what had closed by then is left out. */
  readonly sinceMs: number | undefined;
  readonly mostInSlice?: number;
}

/**
 * Cuts all that a namespace lists into slices, by asking how many executions there are in halves of halves.
 * Gives what is open first, since it can close.
 */
export async function* slicesOf(
  reader: TemporalReader,
  listed: Listed,
  { asOfMs, sinceMs, mostInSlice = MOST_IN_SLICE }: SliceOptions,
): AsyncIterable<Slice> {
  const asOf = quoted(asOfMs);
  const open = `(CloseTime IS NULL OR CloseTime > ${asOf})`;
  const closed = `${sinceMs === undefined ? '' : `CloseTime > ${quoted(sinceMs)} AND `}CloseTime <= ${asOf}`;
  // Clocks of servers differ: what starts "later" is in the last range of start times.
  const ranges: readonly Range[] = [
    {
      listed,
      set: 'open',
      base: open,
      field: 'StartTime',
      from: BEGINNING_MS,
      to: asOfMs + DAY_MS,
      ...WHOLE,
    },
    {
      listed,
      set: 'closed',
      base: closed,
      field: 'CloseTime',
      from: sinceMs ?? BEGINNING_MS,
      to: asOfMs + 1,
      ...WHOLE,
    },
  ];
  for (const range of ranges) yield* halve(reader, range, mostInSlice);
}

interface Range {
  readonly listed: Listed;
  readonly set: 'open' | 'closed';
  readonly base: string;
  readonly field: 'StartTime' | 'CloseTime';
  /** From its millisecond on, up to that of `to`, which is not in it. */
  readonly from: number;
  readonly to: number;
  /** Whether it has no beginning, or no end, but those of the base. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

const WHOLE = { isFirst: true, isLast: true };

async function* halve(reader: TemporalReader, whole: Range, most: number): AsyncIterable<Slice> {
  const open: Range[] = [whole];
  for (let range = open.pop(); range !== undefined; range = open.pop()) {
    const query = queryOf(range);
    const count = await countOf(reader, range.listed, query);
    if (count === 0) continue;
    const middle = Math.floor((range.from + range.to) / 2);
    if (count <= most || middle === range.from) {
      yield { listed: range.listed, set: range.set, query, count };
      continue;
    }
    open.push({ ...range, from: middle, isFirst: false }, { ...range, to: middle, isLast: false });
  }
}

function queryOf({ base, field, from, to, isFirst, isLast }: Range): string {
  const after = isFirst ? '' : ` AND ${field} >= ${quoted(from)}`;
  return `${base}${after}${isLast ? '' : ` AND ${field} < ${quoted(to)}`}`;
}

function quoted(ms: number): string {
  return `"${new Date(ms).toISOString()}"`;
}

/** How many there are by a query. */
export async function countOf(reader: TemporalReader, listed: Listed, query: string): Promise<number> {
  const { namespace } = reader;
  const request = { namespace, query };
  switch (listed) {
    case 'workflows': {
      const { CountWorkflowExecutionsRequest: Q, CountWorkflowExecutionsResponse: A } = api;
      return Number((await reader.demand('CountWorkflowExecutions', Q, request, A)).count);
    }
    case 'activities': {
      const { CountActivityExecutionsRequest: Q, CountActivityExecutionsResponse: A } = api;
      return Number((await reader.demand('CountActivityExecutions', Q, request, A)).count);
    }
    case 'nexusOperations': {
      const { CountNexusOperationExecutionsRequest: Q, CountNexusOperationExecutionsResponse: A } = api;
      return Number((await reader.demand('CountNexusOperationExecutions', Q, request, A)).count);
    }
  }
}

/** Whether nothing that closed on a day (UTC) is listed any more. */
export async function isDayGone(
  reader: TemporalReader,
  listed: readonly Listed[],
  day: string,
): Promise<boolean> {
  const from = Date.parse(day);
  const query = `CloseTime >= ${quoted(from)} AND CloseTime < ${quoted(from + DAY_MS)}`;
  for (const each of listed) if ((await countOf(reader, each, query)) > 0) return false;
  return true;
}
