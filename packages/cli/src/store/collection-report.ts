import type { SweepReport } from '@waxseal/claim-check';
import { howMany, plain } from '../printable';
import type { UsageReport } from '../keys/usage-report';

/** What is to be known of a scan before anything is removed by it. */
export interface CollectedScan extends Pick<UsageReport, 'holders' | 'leftOut' | 'blindSpots' | 'source'> {
  /** Payloads that may lead to a token, and do not tell. */
  readonly untold: number;
}

/** What a person takes upon themselves. */
export interface CollectionConsent {
  readonly allowEmpty?: true;
  readonly allowUntold?: true;
}

/**
 * Why nothing may be removed by a scan, a sentence each; none where it saw everything. What was not seen may
 * need any record.
 */
export function refusals(
  { holders, leftOut, untold, source }: CollectedScan,
  { allowEmpty, allowUntold }: CollectionConsent,
): readonly string[] {
  return [
    ...leftOut.map((each) => `Not looked at: ${each}`),
    ...(Object.keys(holders).length === 0 && allowEmpty !== true
      ? [
          `Nothing was there to be looked at, no execution and no schedule, so that every record would go: ${source}. Is it the right one? Where it may be empty, add --allow-empty.`,
        ]
      : []),
    ...(untold > 0 && allowUntold !== true
      ? [
          `${howMany(untold, 'payload')} may lead to a token, and ${untold === 1 ? 'does' : 'do'} not tell: kept elsewhere, or in an encoding that is not known here (waxseal keys usage names them). Where you know that none of them does, add --allow-untold.`,
        ]
      : []),
  ];
}

/** The answer of `waxseal store gc --json`. */
export interface CollectionReport extends CollectedScan {
  readonly reportVersion: 1;
  readonly namespace: string;
  readonly dryRun: boolean;
  /** Number of the collection; null in a dry run. */
  readonly collection: number | null;
  /** Executions that were read. */
  readonly read: number;
  /** Why nothing was marked or removed. Empty where something could be. */
  readonly refused: readonly string[];
  /** What was marked and removed, or would be; null where it was refused. */
  readonly sweep: SweepReport | null;
}

/** A report as lines for a terminal. */
export function collectionLines(report: CollectionReport): readonly string[] {
  const { source, holders, sweep, refused, dryRun, collection, blindSpots } = report;
  const looked = Object.entries(holders).map(([kind, count]) => `${String(count)} ${kind}`);
  const head = [
    `${plain(source)}${collection === null ? '' : `, collection ${String(collection)}`}`,
    `Looked at: ${looked.length === 0 ? 'nothing' : looked.join(', ')}`,
  ];
  if (sweep === null) {
    return [
      ...head,
      'Nothing was marked, and nothing was removed:',
      ...refused.map((each) => `- ${plain(each)}`),
    ];
  }
  const { records, bytes, needed, marked, markedBytes, removed, removedBytes } = sweep;
  return [
    ...head,
    `${howMany(records, 'record')} of ${howMany(bytes, 'byte')} ${dryRun ? 'are there' : 'were kept before the collection began'}; ${String(needed)} needed`,
    `${dryRun ? 'to be marked' : 'marked'}: ${howMany(marked, 'record')} of ${howMany(markedBytes, 'byte')}: goes with the next collection unless something needs it`,
    `${dryRun ? 'to be removed' : 'removed'}: ${howMany(removed, 'record')} of ${howMany(removedBytes, 'byte')}`,
    ...(dryRun
      ? [
          'Nothing was changed. What writers have kept in the last hour may be counted: a dry run does not wait.',
        ]
      : []),
    'Not swept: records of no namespace, such as the inputs of Nexus operations, and those of other namespaces.',
    '',
    'What no scan sees, and what is therefore not kept for it:',
    ...blindSpots.map((each) => `- ${plain(each)}`),
  ];
}
