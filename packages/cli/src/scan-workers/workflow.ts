import {
  ApplicationFailure,
  continueAsNew,
  defineQuery,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { Usage, type UsageJson } from '../scan/usage';
import { bytesOf, MOST_USAGE_BYTES, USAGE_TOO_LARGE, usageWithin } from '../scan/usage-within';
import type { PlannedScan, ScanActivities } from './activities';

/** What the workflow gets. */
export interface ScanInput {
  readonly namespace: string;
  /** How many slices are read at a time, by all Workers together. */
  readonly parallel: number;
  readonly mostInSlice: number;
  /** What the run before it has done. */
  readonly carried?: CarriedScan;
}

/** How far a run has come. */
interface CarriedScan {
  /** With the slices that are left. */
  readonly plan: PlannedScan;
  readonly done: ScanCounts;
  readonly usage: UsageJson;
}

interface ScanCounts {
  readonly executions: number;
  readonly total: number;
  readonly gone: number;
}

/** What the workflow gives. */
export interface ScanOutput {
  /** Without its slices. */
  readonly plan: PlannedScan;
  readonly executions: number;
  readonly gone: number;
  readonly leftOut: readonly string[];
  readonly usage: UsageJson;
}

/** Answers how far the scan has come. Before it is planned, the total is 0. */
export const scanProgress = defineQuery<Pick<ScanCounts, 'executions' | 'total'>>('progress');

/** A run begins anew after so many slices, before its history is long. */
const SLICES_IN_RUN = 500;

const { planScan, readSlice, readStanding } = proxyActivities<ScanActivities>({
  startToCloseTimeout: '2 hours',
  heartbeatTimeout: '20 seconds',
  retry: { maximumInterval: '1 minute', nonRetryableErrorTypes: ['ConfigurationError'] },
});

/**
 * Scans a namespace for the use of keys, slice by slice. What has been read is in its history: a Worker that
 * ends loses the slice that it was at, and nothing is counted twice.
 */
export async function waxsealKeyScan(input: ScanInput): Promise<ScanOutput> {
  let { executions = 0, total = 0, gone = 0 } = input.carried?.done ?? {};
  setHandler(scanProgress, () => ({ executions, total }));
  const { namespace, parallel, mostInSlice } = input;
  const plan = input.carried?.plan ?? (await planScan(namespace, mostInSlice));
  if (input.carried === undefined) total = plan.slices.reduce((sum, { count }) => sum + count, 0);
  const usage = input.carried === undefined ? new Usage() : Usage.fromJSON(input.carried.usage);
  let next = 0;
  const most = Math.min(plan.slices.length, SLICES_IN_RUN);
  const readInTurn = async (): Promise<void> => {
    while (next < most && !workflowInfo().continueAsNewSuggested) {
      const slice = plan.slices[next++];
      if (slice === undefined) return;
      const read = await readSlice(namespace, plan.asOfMs, slice);
      usage.add(Usage.fromJSON(read.usage));
      executions += read.executions;
      gone += read.gone;
    }
  };
  await Promise.all(Array.from({ length: parallel }, readInTurn));
  if (next < plan.slices.length) {
    const left = { ...plan, slices: plan.slices.slice(next) };
    const carried = { plan: left, done: { executions, total, gone }, usage: storable(usage, bytesOf(left)) };
    await continueAsNew<typeof waxsealKeyScan>({ ...input, carried });
  }
  const standing = await readStanding(namespace, plan.known);
  usage.add(Usage.fromJSON(standing.usage));
  return {
    plan: { ...plan, slices: [] },
    executions,
    gone,
    leftOut: standing.leftOut,
    usage: storable(usage, 0),
  };
}

/**
 * @param besideBytes how much there is beside it in the payload
 * @throws ApplicationFailure where Temporal would not take it
 */
function storable(usage: Usage, besideBytes: number): UsageJson {
  const json = usageWithin(usage, MOST_USAGE_BYTES - besideBytes);
  if (json === undefined) throw ApplicationFailure.nonRetryable(USAGE_TOO_LARGE, 'ConfigurationError');
  return json;
}
