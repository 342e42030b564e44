import { Context } from '@temporalio/activity';
import { ConfigurationError } from '@waxseal/core';
import { describeNamespace, scanStanding, slicesOfNamespace, type Namespace } from '../scan/namespace';
import { scanSlice } from '../scan/scan-slice';
import { VISIBILITY_LAG_MS, type Slice } from '../scan/slices';
import type { TemporalReader } from '../scan/temporal-reader';
import { Usage, type UsageJson } from '../scan/usage';
import { MOST_USAGE_BYTES, USAGE_TOO_LARGE, usageWithin } from '../scan/usage-within';

/** A scan before it begins. */
export interface PlannedScan extends Namespace {
  /** When it began, in milliseconds since the epoch. */
  readonly asOfMs: number;
  readonly slices: readonly Slice[];
}

/** What the workflow of a scan lets Workers do. */
export interface ScanActivities {
  planScan(namespace: string, mostInSlice: number): Promise<PlannedScan>;
  readSlice(namespace: string, asOfMs: number, slice: Slice): Promise<SliceCounts>;
  readStanding(namespace: string, known: Namespace['known']): Promise<StandingCounts>;
}

interface SliceCounts {
  readonly usage: UsageJson;
  readonly executions: number;
  readonly gone: number;
}

interface StandingCounts {
  readonly usage: UsageJson;
  readonly leftOut: readonly string[];
}

const HEARTBEAT_MS = 5_000;
/** At 300 bytes each, below the 2 MiB that Temporal takes as a result. */
const MOST_SLICES = 5_000;

/**
 * The activities of a scan.
 *
 * @param readerOf gives what reads a namespace: one for each, which keeps to the rate of this Worker
 * @param concurrency how many executions of a slice are read at a time
 */
export function scanActivities(
  readerOf: (namespace: string) => TemporalReader,
  concurrency: number,
): ScanActivities {
  return {
    planScan: (namespace, mostInSlice) =>
      heartbeating(async () => {
        const reader = readerOf(namespace);
        const described = await describeNamespace(reader);
        const asOfMs = Date.now() - VISIBILITY_LAG_MS;
        const range = { asOfMs, sinceMs: undefined };
        const slices = await slicesOfNamespace(reader, described.known, range, mostInSlice);
        if (slices.length > MOST_SLICES) {
          throw new ConfigurationError(
            `The scan has ${String(slices.length)} parts, and a workflow holds ${String(MOST_SLICES)}: raise --checkpoint to ${String(mostInSlice * Math.ceil(slices.length / MOST_SLICES) * 2)}.`,
          );
        }
        return { ...described, asOfMs, slices };
      }),
    readSlice: (namespace, asOfMs, slice) =>
      heartbeating(async (tell) => {
        const { cancellationSignal: signal } = Context.current();
        const read = await scanSlice(readerOf(namespace), slice, {
          asOfMs,
          concurrency,
          signal,
          onExecution: tell,
        });
        const usage = new Usage();
        for (const each of [read.open, ...Object.values(read.closed)]) usage.add(each);
        return { usage: storable(usage), executions: read.executions, gone: read.gone };
      }),
    readStanding: (namespace, known) =>
      heartbeating(async () => {
        const { usage, leftOut } = await scanStanding(readerOf(namespace), known);
        return { usage: storable(usage), leftOut };
      }),
  };
}

/** @throws ConfigurationError where Temporal would not take it */
function storable(usage: Usage): UsageJson {
  const json = usageWithin(usage, MOST_USAGE_BYTES);
  if (json === undefined) throw new ConfigurationError(USAGE_TOO_LARGE);
  return json;
}

/** Tells Temporal now and then that the activity is alive, and how many executions it has read. */
async function heartbeating<T>(work: (tell: (executions: number) => void) => Promise<T>): Promise<T> {
  const context = Context.current();
  let told = 0;
  const timer = setInterval(() => {
    context.heartbeat({ executions: told });
  }, HEARTBEAT_MS);
  try {
    return await work((executions) => (told = executions));
  } finally {
    clearInterval(timer);
  }
}
