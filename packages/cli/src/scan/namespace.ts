import { temporal } from '@temporalio/proto';
import { ConfigurationError } from '@waxseal/core';
import { printable } from '../printable';
import { usageOf, type Finding, type OnPayload } from './read-usage';
import { MOST_IN_SLICE, slicesOf, type Slice, type SliceOptions } from './slices';
import { deployments, runningBatches, schedules } from './standing';
import { whatIsKnown, type Known } from './known-calls';
import type { TemporalReader } from './temporal-reader';
import { Usage } from './usage';

const api = temporal.api.workflowservice.v1;

/** What no scan of a namespace sees. */
const BLIND_SPOTS: readonly string[] = [
  'Signals and updates that are buffered while a workflow task runs: they are in the history after it.',
  'What began or changed while the scan went on: scan again before a key is switched off.',
  'Executions and schedules that the visibility of Temporal does not list, or lists later than some seconds.',
  'What is inside an envelope: of a payload that is encrypted twice, the outer key is named only.',
  'Whether wrapped keys can be unwrapped, and are what they say: nothing that payloads name is verified.',
  'Descriptions of Nexus endpoints, which belong to the cluster.',
  'Data keys in the memory of processes that run: they open payloads until they expire (docs/key-rotation.md).',
  'Executions that closed while the retention of the namespace was longer: they may stay for that long.',
  'Histories that somebody exported, backups, and other namespaces and clusters: scan exports as files.',
];

/** What there is to know of a namespace before it is scanned. */
export interface Namespace {
  readonly id: string;
  readonly retentionMs: number;
  readonly known: Known;
  /** What could be looked at, and is not answered. */
  readonly leftOut: readonly string[];
  /** What no scan of it can see. */
  readonly blindSpots: readonly string[];
}

/** @throws ConfigurationError when it is not there */
export async function describeNamespace(reader: TemporalReader): Promise<Namespace> {
  const { namespace } = reader;
  const described = await reader.ask(
    'DescribeNamespace',
    api.DescribeNamespaceRequest,
    { namespace },
    api.DescribeNamespaceResponse,
  );
  if (described === undefined) {
    throw noNamespace(namespace);
  }
  const { config, namespaceInfo } = described;
  const { ARCHIVAL_STATE_ENABLED: ENABLED } = temporal.api.enums.v1.ArchivalState;
  const { known, blindSpots, leftOut } = await whatIsKnown(reader, namespaceInfo?.capabilities ?? {});
  return {
    id: namespaceInfo?.id ?? '',
    retentionMs: Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) * 1000,
    known,
    leftOut,
    blindSpots: [
      ...BLIND_SPOTS,
      ...(config?.historyArchivalState === ENABLED ? [ARCHIVED] : []),
      ...blindSpots,
    ],
  };
}

/** What is said where a namespace is not there. */
export function noNamespace(namespace: string): ConfigurationError {
  return new ConfigurationError(
    `Temporal has no namespace ${printable(namespace)}. Check TEMPORAL_NAMESPACE, or the profile in temporal.toml.`,
  );
}

const ARCHIVED =
  'Archived histories: this namespace has archival switched on, and what it archived outlives the retention.';

/** Cuts all that a namespace lists into slices. */
export async function slicesOfNamespace(
  reader: TemporalReader,
  { listed }: Known,
  { asOfMs, sinceMs }: Pick<SliceOptions, 'asOfMs' | 'sinceMs'>,
  mostInSlice = MOST_IN_SLICE,
): Promise<Slice[]> {
  const slices: Slice[] = [];
  for (const each of listed) {
    for await (const slice of slicesOf(reader, each, { asOfMs, sinceMs, mostInSlice })) {
      slices.push(slice);
    }
  }
  return slices;
}

/** What does not expire, and what cannot be looked at now. */
export interface StandingUsage {
  readonly usage: Usage;
  readonly leftOut: readonly string[];
}

/** Reads schedules and deployments, and looks for batch operations. */
export async function scanStanding(
  reader: TemporalReader,
  known: Known,
  onFindings?: (findings: readonly Finding[]) => void,
  onPayload?: OnPayload,
): Promise<StandingUsage> {
  const total = new Usage();
  const notReadBefore = reader.notRead;
  for await (const { holder, message } of schedules(reader))
    total.add(usageOf(holder, [message], onFindings, onPayload));
  if (known.deployments) {
    for await (const { holder, message } of deployments(reader)) {
      total.add(usageOf(holder, [message], onFindings, onPayload));
    }
  }
  total.notRead += reader.notRead - notReadBefore;
  const batches = known.batches ? await runningBatches(reader) : 0;
  const leftOut =
    batches === 0
      ? []
      : [
          `${String(batches)} batch operations are under way, and Temporal does not show what they will signal: scan again when they have ended`,
        ];
  return { usage: total, leftOut };
}
