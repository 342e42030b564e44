import { ConfigurationError } from '@waxseal/core';
import { isNamed } from '../reseal/choose';
import { describeNamespace } from '../scan/namespace';
import { scanSlice } from '../scan/scan-slice';
import type { TemporalReader } from '../scan/temporal-reader';
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
  /** Called after each execution with how many were read. */
  readonly onProgress: (executions: number) => void;
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
export function openQuery(filter: string | undefined): string {
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
): Promise<readonly HeldExecution[]> {
  const { known } = await describeNamespace(reader);
  const held: HeldExecution[] = [];
  let before = 0;
  // A filter is of workflows: what else is listed has other attributes.
  for (const listed of query === undefined ? known.listed : (['workflows'] as const)) {
    const { executions } = await scanSlice(
      reader,
      { listed, set: 'open', query: openQuery(query), count: 0 },
      {
        asOfMs: Date.now(),
        concurrency,
        onExecution: (read) => {
          onProgress(before + read);
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
  }
  return held.sort((a, b) => a.startMs - b.startMs || (a.id < b.id ? -1 : 1));
}
