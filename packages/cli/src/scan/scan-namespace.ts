import { describeNamespace, scanStanding, slicesOfNamespace } from './namespace';
import type { Finding, OnPayload } from './read-usage';
import { scanSlice } from './scan-slice';
import { isDayGone, VISIBILITY_LAG_MS } from './slices';
import { ScanState, type StoredState } from './scan-state';
import type { TemporalReader } from './temporal-reader';
import type { Usage } from './usage';

/** How a namespace is scanned. */
export interface NamespaceScanOptions {
  /** How many executions are read at a time. */
  readonly concurrency: number;
  /** How many executions a slice has at most: what is read again at most by a scan that goes on. */
  readonly mostInSlice?: number;
  /** What an earlier run has left, to go on with. */
  readonly stored?: StoredState;
  /** Called once it is known how far an earlier run has come, before anything is read. */
  readonly onBegin?: (state: ScanState) => void;
  /** Keeps how far the scan has come. Called after each slice; may leave out what comes too often. */
  readonly keep?: (state: ScanState, hasEnded: boolean) => Promise<void>;
  readonly onProgress?: (progress: ScanProgress) => void;
  readonly onFindings?: (findings: readonly Finding[]) => void;
  readonly onPayload?: OnPayload;
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
  /** Executions that were read: not those that an earlier scan had read. */
  readonly read: number;
  readonly gone: number;
  readonly leftOut: readonly string[];
  readonly blindSpots: readonly string[];
  readonly usage: Usage;
  /** Whether it built on an earlier scan. */
  readonly isIncremental: boolean;
  /** Keeps that it has ended. To be called once its result is safe: before, the same scan goes on. */
  end(): Promise<void>;
}

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
  const { onFindings, onPayload, keep } = options;
  const namespace = await describeNamespace(reader);
  const startedMs = Date.now() - VISIBILITY_LAG_MS;
  const state = new ScanState(namespace.id, options.stored, startedMs);
  options.onBegin?.(state);
  const isIncremental = state.sinceMs !== undefined;
  const { known } = namespace;
  await state.forgetDeleted((day) => isDayGone(reader, known.listed, day));
  const slices = (state.slices ??= await slicesOfNamespace(reader, known, state, options.mostInSlice));
  const total = slices.reduce((sum, { count }) => sum + count, 0);
  await keep?.(state, false);
  const reading = {
    asOfMs: state.asOfMs,
    concurrency: options.concurrency,
    ...(onFindings && { onFindings }),
    ...(onPayload && { onPayload }),
  };
  for (const slice of slices.slice(state.done)) {
    const before = state.executions;
    const onExecution = (executions: number): void =>
      options.onProgress?.({ executions: before + executions, total });
    state.add(await scanSlice(reader, slice, { ...reading, onExecution }));
    await keep?.(state, false);
  }
  const usage = state.total();
  const standing = await scanStanding(reader, known, onFindings, onPayload);
  usage.add(standing.usage);
  return {
    asOfMs: state.asOfMs,
    retentionMs: namespace.retentionMs,
    read: state.executions,
    gone: state.gone,
    leftOut: [...namespace.leftOut, ...standing.leftOut],
    blindSpots: namespace.blindSpots,
    usage,
    isIncremental,
    end: async () => keep?.(state, true),
  };
}
