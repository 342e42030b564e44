import { ConfigurationError } from '@waxseal/core';
import { isNamed } from '../reseal/choose';
import { describeNamespace } from '../scan/namespace';
import { scanSlice } from '../scan/scan-slice';
import { countOf } from '../scan/slices';
import type { ScanProgress } from '../scan/scan-namespace';
import { notReadLines, type TemporalReader } from '../scan/temporal-reader';
import type { Holder } from '../scan/use';

/** Which executions are looked for. */
export interface HeldOptions {
  /** The key that they need, by its ID with or without version. */
  readonly from: string;
  /** A list filter of Temporal's visibility, for workflows; `undefined` for all that is open. */
  readonly query: string | undefined;
  readonly concurrency: number;
  /** Most executions that are named. */
  readonly limit: number;
  /** Called after each execution with how many were read, and how many there are. */
  readonly onProgress: (progress: ScanProgress) => void;
}

/** The open executions that need a key, as far as could be looked at. */
export interface HeldExecutions {
  /** The oldest first. */
  readonly held: readonly HeldExecution[];
  /** What was not looked at, each with what to do. Empty where all was. */
  readonly leftOut: readonly string[];
}

/** An open execution that needs a key. */
export interface HeldExecution {
  readonly kind: Holder['kind'];
  readonly id: string;
  readonly runId: string;
  readonly type: string;
  readonly startMs: number;
  /** How many payloads of it name the key, by what they are to it. */
  readonly payloads: Readonly<Record<string, number>>;
  /** Whether another key opens none of them. */
  readonly sole: boolean;
}

/** The visibility query for what is open, of what a filter lists. */
function openQuery(filter: string | undefined): string {
  return `CloseTime IS NULL${filter === undefined ? '' : ` AND (${filter})`}`;
}

/**
 * The open executions of a namespace that need a key, the oldest first.
 *
 * @throws ConfigurationError where they are more than `limit`; ConfigurationError or TemporalFault when
 *   Temporal does not answer as it should
 */
export async function heldExecutions(
  reader: TemporalReader,
  { from, query, concurrency, limit, onProgress }: HeldOptions,
): Promise<HeldExecutions> {
  const { known, leftOut } = await describeNamespace(reader);
  const held: HeldExecution[] = [];
  // A filter is of workflows: what else is listed has other attributes.
  const lists = query === undefined ? known.listed : (['workflows'] as const);
  let total = 0;
  for (const listed of lists) total += await countOf(reader, listed, openQuery(query));
  let before = 0;
  let notRead = 0;
  for (const listed of lists) {
    const { executions, open, closed } = await scanSlice(
      reader,
      // How many are open changes while they are read, so that a count shows nothing.
      { listed, set: 'open', query: openQuery(query), count: 0 },
      {
        asOfMs: Date.now(),
        concurrency,
        onExecution: (read) => {
          onProgress({ executions: before + read, total: Math.max(total, before + read) });
        },
        onFindings: (findings) => {
          const named = findings.filter(({ names }) => names.some((name) => isNamed(name, from)));
          const [first] = named;
          if (first === undefined || first.holder.closeMs !== undefined) return;
          if (held.length === limit) {
            throw new ConfigurationError(
              `More than ${String(limit)} open executions need the key: raise --limit, or narrow --query.`,
            );
          }
          const payloads: Record<string, number> = {};
          for (const { kind } of named) payloads[kind] = (payloads[kind] ?? 0) + 1;
          const { kind, id, runId = '', type = '', startMs = 0 } = first.holder;
          const sole = named.some(({ names }) => names.every((name) => isNamed(name, from)));
          held.push({ kind, id, runId, type, startMs, payloads, sole });
        },
      },
    );
    before += executions;
    for (const usage of [open, ...Object.values(closed)]) notRead += usage.notRead;
  }
  return {
    held: held.sort((a, b) => a.startMs - b.startMs || (a.id < b.id ? -1 : 1)),
    leftOut: [...(query === undefined ? leftOut : []), ...notReadLines(notRead)],
  };
}
