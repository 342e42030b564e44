import type { HolderKind, Holders, Use } from '../scan/use';

/** What keeps a key needed for as long as it is there. */
export interface Blocker {
  readonly what:
    HolderKind | 'not all was looked at' | 'payloads kept elsewhere' | 'payloads whose key is not told';
  readonly count: number;
  /** What frees the key of it. */
  readonly freedBy: string;
}

/** What frees a key from what does not end by itself. */
const FREED_BY: Readonly<Partial<Record<HolderKind, string>>> = {
  'open executions':
    'completion, continue-as-new without the old payloads, reset or termination (waxseal keys drain); then the retention must pass',
  schedules:
    'waxseal keys reseal schedules, an update by a client that encrypts under another key, or deletion: schedules do not expire',
  'open activities': 'completion, cancellation or termination; then the retention must pass',
  'open Nexus operations': 'completion, cancellation or termination; then the retention must pass',
  deployments: 'new metadata of the version, or its deletion: versions do not expire',
  files:
    'waxseal keys reseal files, deletion, or the decision that nobody will read them: files do not expire',
  'store records': 'waxseal store reseal, or waxseal store gc once nothing needs them: records do not expire',
};

const DELETION =
  'deletion by Temporal: the retention has passed, and what it ends is deleted some time later. Scan again';

/** What may keep every key needed. */
export interface BlockingContext {
  /** Whether all was looked at that can be. */
  readonly isComplete: boolean;
  /** Payloads that are kept elsewhere, under keys that are not known. */
  readonly elsewhere: number;
  /** Payloads that may be under the key, and do not tell. */
  readonly untold: number;
  /** When the scan began, and how long what has closed is kept, in milliseconds. */
  readonly asOfMs: number;
  readonly retentionMs: number | undefined;
}

/** Which holders of a kind count, and when the last of them closed. */
export interface Counted {
  readonly count: number;
  readonly lastCloseMs: number | undefined;
}

/**
 * What keeps a key needed without an end that is known.
 *
 * @param countedOf which of the holders count
 */
export function blockersOf(
  use: Use,
  context: BlockingContext,
  countedOf: (holders: Holders) => Counted,
): readonly Blocker[] {
  const blockers: Blocker[] = [];
  if (!context.isComplete) {
    blockers.push({ what: 'not all was looked at', count: 1, freedBy: 'a scan that looks at all' });
  }
  for (const [what, freedBy] of Object.entries(FREED_BY) as [HolderKind, string][]) {
    const holders = use.holders[what];
    const count = holders === undefined ? 0 : countedOf(holders).count;
    if (count > 0) blockers.push({ what, count, freedBy });
  }
  const { asOfMs, retentionMs } = context;
  for (const [what, holders] of Object.entries(use.holders) as [HolderKind, Holders][]) {
    const { count, lastCloseMs } = countedOf(holders);
    if (lastCloseMs === undefined) continue;
    if (retentionMs === undefined) blockers.push({ what, count, freedBy: 'a retention, which is not known' });
    else if (lastCloseMs + retentionMs <= asOfMs) blockers.push({ what, count, freedBy: DELETION });
  }
  if (context.elsewhere > 0) {
    const freedBy = 'a scan of the store that they are kept in, as files';
    blockers.push({ what: 'payloads kept elsewhere', count: context.elsewhere, freedBy });
  }
  if (context.untold > 0) {
    const freedBy = 'the end of what holds them, or a release of Waxseal that reads them';
    blockers.push({ what: 'payloads whose key is not told', count: context.untold, freedBy });
  }
  return blockers;
}
