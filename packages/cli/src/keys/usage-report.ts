import { ENCRYPTED, NO_KEY_NAMED, TOKENS, type PayloadFormat } from '../scan/payload-format';
import { notReadLines } from '../scan/temporal-reader';
import type { Usage } from '../scan/usage';
import { HOLDER_KINDS, type HolderKind, type Holders, type NamedHolder, type Use } from '../scan/use';
import type { PayloadKind } from '../scan/walk';
import { blockersOf, type Blocker, type BlockingContext, type Counted } from './blockers';
import { keyAndVersion } from './key-version';

/** What was looked at. */
export interface Scanned {
  /** Where from: a namespace and its address, or files. */
  readonly source: string;
  readonly namespace?: string;
  /** When the scan began: what came later may not be in it. Milliseconds since the epoch. */
  readonly asOfMs: number;
  /** When it ended, in milliseconds since the epoch. */
  readonly endedMs: number;
  /** How long the namespace keeps closed executions, in milliseconds. */
  readonly retentionMs?: number;
  /** Executions that were read in this scan: not those that an earlier one had read. */
  readonly read: number;
  /** Executions that were gone before they could be read. */
  readonly gone: number;
  /** What was not looked at though it could have been, each with what to do. Empty where all was. */
  readonly leftOut: readonly string[];
  /** What no scan of this kind can see. */
  readonly blindSpots: readonly string[];
  readonly usage: Usage;
  /** Whether the store that tokens stand for was read, so that their keys are known. */
  readonly hasReadStore?: boolean;
}

/** The answer of `waxseal keys usage`: of `--json`, and what the table and the page show. */
export interface UsageReport {
  readonly reportVersion: 1;
  readonly source: string;
  readonly namespace: string | null;
  /** When the scan began, in ISO 8601. */
  readonly asOf: string;
  readonly ended: string;
  readonly retentionDays: number | null;
  /** Whether all was looked at that can be. No date is given for any key where it was not. */
  readonly complete: boolean;
  readonly leftOut: readonly string[];
  readonly blindSpots: readonly string[];
  readonly read: number;
  readonly gone: number;
  readonly holders: Readonly<Partial<Record<HolderKind, number>>>;
  readonly events: number;
  readonly payloads: number;
  readonly encrypted: number;
  /** Failures whose message or stack stands in clear. */
  readonly clearFailures: number;
  readonly keys: readonly KeyUsage[];
  /** By encoding. */
  readonly plaintext: readonly OtherUsage[];
  /** By driver, or kind of store: which keys these payloads need is not known. */
  readonly elsewhere: readonly OtherUsage[];
  /** Tokens of the store whose records were read: the keys of these are above. */
  readonly inStore: readonly OtherUsage[];
  /** Envelopes that cannot be read, by the key that they name. */
  readonly malformed: readonly OtherUsage[];
  /** Payloads that may hold an envelope, by encoding: which keys they need is not known. */
  readonly unseen: readonly OtherUsage[];
  /** Payloads in clear that SDKs write themselves, beside every codec, for local activities and patches. */
  readonly sdkMarkers: number;
  /** Constants in the place of what could not be encrypted. */
  readonly redacted: number;
}

/** Payloads that name no key, or none that can be told. */
export interface OtherUsage {
  readonly name: string;
  readonly payloads: number;
  readonly kinds: Readonly<Partial<Record<PayloadKind, number>>>;
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  /** Payloads by day (UTC), in order. */
  readonly days: readonly DayCount[];
  readonly neededBy: readonly NeededBy[];
}

/** What a key is needed by, and until when. */
export interface KeyUsage extends OtherUsage {
  /** As payloads name it. */
  readonly id: string;
  /** The ID without its version. */
  readonly key: string;
  readonly version: string | null;
  readonly format: PayloadFormat;
  /** Payloads that no other key opens. */
  readonly sole: number;
  /** The moment from which nothing that was looked at needs it, in ISO 8601; null where there is none. */
  readonly notNeededFrom: string | null;
  /** The same, as long as the other keys of its envelopes stay. */
  readonly notNeededFromBesideOthers: string | null;
  /** Why there is no date, and what would free the key. Empty where there is one. */
  readonly blockers: readonly Blocker[];
}

export interface DayCount {
  readonly day: string;
  readonly count: number;
}

/** Holders of one kind. */
export interface NeededBy {
  readonly what: HolderKind;
  readonly count: number;
  readonly soleCount: number;
  /** The oldest of them, at most 25. */
  readonly named: readonly NamedHolder[];
  readonly lastClose: string | null;
  /** How many closed on each day (UTC), in order. */
  readonly closeDays: readonly DayCount[];
}

/** Draws the conclusions. */
export function usageReport(scanned: Scanned): UsageReport {
  const { usage, asOfMs, endedMs, retentionMs, leftOut, blindSpots, read, gone, source, namespace } = scanned;
  const told = [...leftOut, ...notTold(usage)];
  const of = (format: PayloadFormat): readonly Use[] => usage.uses.filter((use) => use.format === format);
  const isInStore = ({ name }: Use): boolean => scanned.hasReadStore === true && name === TOKENS;
  const elsewhere = of('elsewhere')
    .filter((use) => !isInStore(use))
    .map(otherUsage);
  const untold = [
    ...of('unseen'),
    ...usage.uses.filter(({ format, name }) => name === NO_KEY_NAMED && format !== 'malformed'),
  ];
  const malformed = (key: string): readonly Use[] =>
    of('malformed').filter(({ name }) => name === key || name === NO_KEY_NAMED);
  const context = {
    retentionMs,
    asOfMs,
    isComplete: told.length === 0,
    elsewhere: payloadsIn(elsewhere),
  };
  return {
    reportVersion: 1,
    source,
    namespace: namespace ?? null,
    asOf: iso(asOfMs),
    ended: iso(endedMs),
    retentionDays: retentionMs === undefined ? null : retentionMs / 86_400_000,
    complete: told.length === 0,
    leftOut: told,
    blindSpots,
    read,
    gone,
    holders: Object.fromEntries(
      HOLDER_KINDS.flatMap((kind) =>
        usage.holders[kind] === undefined ? [] : [[kind, usage.holders[kind]]],
      ),
    ),
    events: usage.events,
    payloads: usage.payloads,
    encrypted: usage.encrypted,
    clearFailures: usage.clearFailures,
    keys: usage.uses
      .filter(({ format }) => ENCRYPTED.has(format))
      .map((use) => keyUsage(use, { ...context, untold: payloadsIn([...untold, ...malformed(use.name)]) })),
    plaintext: of('plaintext').map(otherUsage),
    elsewhere,
    inStore: of('elsewhere').filter(isInStore).map(otherUsage),
    malformed: of('malformed').map(otherUsage),
    unseen: of('unseen').map(otherUsage),
    sdkMarkers: usage.sdkMarkers,
    redacted: payloadsIn(of('redacted')),
  };
}

function notTold({ notToldApart, notRead }: Usage): readonly string[] {
  return [
    ...(notToldApart === 0
      ? []
      : [`${String(notToldApart)} payloads name keys beyond the first 1,000: these are not told apart`]),
    ...notReadLines(notRead),
  ];
}

function payloadsIn(uses: readonly { readonly payloads: number }[]): number {
  return uses.reduce((sum, { payloads }) => sum + payloads, 0);
}

function keyUsage(use: Use, context: BlockingContext): KeyUsage {
  const all = dateOf(use, context, ALL);
  const { key, version } = keyAndVersion(use.name);
  return {
    id: use.name,
    key,
    version: version ?? null,
    format: use.format,
    ...otherUsage(use),
    sole: use.sole,
    notNeededFrom: all.date,
    notNeededFromBesideOthers: dateOf(use, context, SOLE).date,
    blockers: all.blockers,
  };
}

const ALL = ({ count, lastCloseMs }: Holders): Counted => ({ count, lastCloseMs });
const SOLE = ({ soleCount, soleLastCloseMs }: Holders): Counted => ({
  count: soleCount,
  lastCloseMs: soleLastCloseMs,
});

/** `null` where something has no end that is known. */
function dateOf(
  use: Use,
  context: BlockingContext,
  countedOf: (holders: Holders) => Counted,
): { readonly date: string | null; readonly blockers: readonly Blocker[] } {
  const blockers = blockersOf(use, context, countedOf);
  const closes = Object.values(use.holders).flatMap((holders) => countedOf(holders).lastCloseMs ?? []);
  // Without one, other keys open all that names it.
  const fromMs = closes.length === 0 ? context.asOfMs : Math.max(...closes) + (context.retentionMs ?? 0);
  return { date: blockers.length === 0 ? iso(fromMs) : null, blockers };
}

function otherUsage(use: Use): OtherUsage {
  const { name, payloads, kinds, firstSeenMs, lastSeenMs, days, holders } = use;
  return {
    name,
    payloads,
    kinds,
    firstSeen: firstSeenMs === undefined ? null : iso(firstSeenMs),
    lastSeen: lastSeenMs === undefined ? null : iso(lastSeenMs),
    days: dayCounts(days),
    neededBy: HOLDER_KINDS.flatMap((what) => {
      const each = holders[what];
      if (each === undefined) return [];
      const { count, soleCount, named, lastCloseMs, closeDays } = each;
      const lastClose = lastCloseMs === undefined ? null : iso(lastCloseMs);
      return [{ what, count, soleCount, named, lastClose, closeDays: dayCounts(closeDays) }];
    }),
  };
}

function dayCounts(days: Readonly<Record<string, number>>): readonly DayCount[] {
  return Object.entries(days)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, count]) => ({ day, count }));
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
