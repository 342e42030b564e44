import { temporal } from '@temporalio/proto';
import { ConfigurationError } from '@waxseal/core';
import { scanSlice, type Finding } from './scan-slice';
import { ScanState, type StoredState } from './scan-state';
import { slicesOf, MOST_IN_SLICE, type Listed, type Slice } from './slices';
import { deployments, runningBatches, schedules, type Standing } from './standing';
import type { TemporalReader } from './temporal-reader';
import { Usage, type FoundPayload } from './usage';

const api = temporal.api.workflowservice.v1;

/** How a namespace is scanned. */
export interface NamespaceScanOptions {
  /** How many executions are read at a time. */
  readonly concurrency: number;
  /** What an earlier run has left, to go on with. */
  readonly stored?: StoredState;
  /** Keeps how far the scan has come. Called after each slice; may leave out what comes too often. */
  readonly keep?: (state: ScanState, hasEnded: boolean) => Promise<void>;
  readonly onProgress?: (progress: ScanProgress) => void;
  readonly onFindings?: (findings: readonly Finding[]) => void;
  readonly signal?: AbortSignal;
  /** Milliseconds that visibility may be late. */
  readonly visibilityLagMs?: number;
}

/** How far a scan has come. */
export interface ScanProgress {
  /** Executions that were read, those of earlier runs of the same scan among them. */
  readonly executions: number;
  /** Executions that there are to read. */
  readonly total: number;
}

/** What a scan of a namespace has found. */
export interface ScannedNamespace {
  readonly asOfMs: number;
  readonly retentionMs: number;
  readonly gone: number;
  readonly leftOut: readonly string[];
  readonly blindSpots: readonly string[];
  readonly usage: Usage;
  /** Whether it built on an earlier scan. */
  readonly isIncremental: boolean;
}

const VISIBILITY_LAG_MS = 5_000;

/**
 * Reads all that a namespace holds: open and closed executions with their histories, memos and pending work,
 * schedules, standalone activities and Nexus operations, metadata of deployments. What had closed before an
 * earlier scan is not read again.
 *
 * @throws ConfigurationError or TemporalFault when Temporal does not answer as it should
 */
export async function scanNamespace(
  reader: TemporalReader,
  options: NamespaceScanOptions,
): Promise<ScannedNamespace> {
  const { onFindings, signal, keep } = options;
  const namespace = await describeNamespace(reader);
  const startedMs = Date.now() - (options.visibilityLagMs ?? VISIBILITY_LAG_MS);
  const state = new ScanState(namespace.id, options.stored, startedMs);
  state.forgetDeleted(namespace.retentionMs);
  const isIncremental = state.sinceMs !== undefined;
  const { known, blindSpots } = await whatIsKnown(reader);
  const slices = (state.slices ??= await plan(reader, known, state));
  const total = slices.reduce((sum, { count }) => sum + count, 0);
  await keep?.(state, false);
  const reading = {
    asOfMs: state.asOfMs,
    concurrency: options.concurrency,
    ...(onFindings && { onFindings }),
    ...(signal && { signal }),
  };
  for (const slice of slices.slice(state.done)) {
    const before = state.executions;
    const onExecution = (executions: number): void =>
      options.onProgress?.({ executions: before + executions, total });
    state.add(await scanSlice(reader, slice, { ...reading, onExecution }));
    await keep?.(state, false);
  }
  const usage = state.total();
  for await (const standing of schedules(reader)) readStanding(usage, standing, onFindings);
  const leftOut: string[] = [];
  if (known.deployments) {
    for await (const standing of deployments(reader)) readStanding(usage, standing, onFindings);
  }
  const batches = known.batches ? await runningBatches(reader) : 0;
  if (batches > 0) {
    leftOut.push(
      `${String(batches)} batch operations are under way, and Temporal does not show what they will signal: scan again when they have ended`,
    );
  }
  await keep?.(state, true);
  return {
    asOfMs: state.asOfMs,
    retentionMs: namespace.retentionMs,
    gone: state.gone,
    leftOut,
    blindSpots: [...BLIND_SPOTS, ...namespace.blindSpots, ...blindSpots],
    usage,
    isIncremental,
  };
}

function readStanding(
  into: Usage,
  { holder, message }: Standing,
  onFindings: ((findings: readonly Finding[]) => void) | undefined,
): void {
  const usage = new Usage();
  const found: FoundPayload[] = [];
  usage.read(message, (one) => found.push(one));
  usage.heldBy(holder);
  into.add(usage);
  onFindings?.(found.map((one) => ({ ...one, holder })));
}

/** What no scan of a namespace sees. */
const BLIND_SPOTS: readonly string[] = [
  'Signals and updates that are buffered while a workflow task runs: they are in the history after it.',
  'What began or changed while the scan went on: scan again before a key is switched off.',
  'Data keys in the memory of processes that run: they open payloads until they expire (docs/key-rotation.md).',
  'Histories that somebody exported, backups, and other namespaces and clusters: scan exports as files.',
];

interface Namespace {
  readonly id: string;
  readonly retentionMs: number;
  readonly blindSpots: readonly string[];
}

async function describeNamespace(reader: TemporalReader): Promise<Namespace> {
  const { namespace } = reader;
  const described = await reader.ask(
    'DescribeNamespace',
    api.DescribeNamespaceRequest,
    { namespace },
    api.DescribeNamespaceResponse,
  );
  if (described === undefined) {
    throw new ConfigurationError(
      `Temporal has no namespace ${JSON.stringify(namespace)}. Check TEMPORAL_NAMESPACE, or the profile in temporal.toml.`,
    );
  }
  const { config, namespaceInfo } = described;
  const { ARCHIVAL_STATE_ENABLED: ENABLED } = temporal.api.enums.v1.ArchivalState;
  return {
    id: namespaceInfo?.id ?? '',
    retentionMs: Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) * 1000,
    blindSpots:
      config?.historyArchivalState === ENABLED
        ? [
            'Archived histories: this namespace has archival switched on, and what it archived outlives the retention.',
          ]
        : [],
  };
}

/** What the server and its version can be asked. */
interface Known {
  readonly listed: readonly Listed[];
  readonly deployments: boolean;
  readonly batches: boolean;
}

async function whatIsKnown(
  reader: TemporalReader,
): Promise<{ readonly known: Known; readonly blindSpots: readonly string[] }> {
  const request = { namespace: reader.namespace };
  const activities = await reader.knows(
    'CountActivityExecutions',
    api.CountActivityExecutionsRequest,
    request,
  );
  const nexus = await reader.knows(
    'CountNexusOperationExecutions',
    api.CountNexusOperationExecutionsRequest,
    request,
  );
  const versions = await reader.knows('ListWorkerDeployments', api.ListWorkerDeploymentsRequest, request);
  const batches = await reader.knows('ListBatchOperations', api.ListBatchOperationsRequest, request);
  const lacks = (is: boolean, what: string): readonly string[] =>
    is ? [] : [`${what}: this server lists none.`];
  return {
    known: {
      listed: [
        'workflows',
        ...(activities ? (['activities'] as const) : []),
        ...(nexus ? (['nexusOperations'] as const) : []),
      ],
      deployments: versions,
      batches,
    },
    blindSpots: [
      ...lacks(activities, 'Standalone activities'),
      ...lacks(nexus, 'Standalone Nexus operations'),
      ...lacks(versions, 'Deployments of Workers'),
      ...lacks(batches, 'Batch operations'),
    ],
  };
}

async function plan(
  reader: TemporalReader,
  { listed }: Known,
  { asOfMs, sinceMs }: ScanState,
): Promise<Slice[]> {
  const slices: Slice[] = [];
  for (const each of listed) {
    for await (const slice of slicesOf(reader, each, { asOfMs, sinceMs, mostInSlice: MOST_IN_SLICE })) {
      slices.push(slice);
    }
  }
  return slices;
}
