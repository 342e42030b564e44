import type { PayloadFormat } from './payload-format';
import type { PayloadKind } from './walk';

/** What keeps payloads. */
export type HolderKind = (typeof HOLDER_KINDS)[number];

/** In the order in which they are named. */
export const HOLDER_KINDS = [
  'open executions',
  'closed executions',
  'schedules',
  'open activities',
  'closed activities',
  'open Nexus operations',
  'closed Nexus operations',
  'deployments',
  'files',
  'store records',
] as const;

/** Kinds of what has closed, and what it was before. */
export const OPEN_KINDS: Readonly<Partial<Record<HolderKind, HolderKind>>> = {
  'closed executions': 'open executions',
  'closed activities': 'open activities',
  'closed Nexus operations': 'open Nexus operations',
};

/** An execution, a schedule or a file: whatever keeps payloads, and goes as a whole. */
export interface Holder {
  readonly kind: HolderKind;
  /** ID of the workflow, schedule, activity, operation; name of the file. */
  readonly id: string;
  readonly runId?: string;
  /** Type of the workflow or activity. */
  readonly type?: string;
  /** Milliseconds since the epoch. */
  readonly startMs?: number;
  readonly closeMs?: number;
}

/** A holder as a report names it. */
export interface NamedHolder {
  readonly id: string;
  readonly runId?: string;
  readonly type?: string;
  readonly startMs?: number;
  /** Whether no other key opens a payload of it. */
  readonly sole: boolean;
}

/** Holders of a kind that need a key. */
export interface Holders {
  count: number;
  /** Those that hold a payload which no other key opens. */
  soleCount: number;
  /** The oldest, at most {@link MOST_NAMED}. */
  named: NamedHolder[];
  /** When the last of them closed, in milliseconds since the epoch. */
  lastCloseMs?: number;
  soleLastCloseMs?: number;
  /** How many of them closed on a day (UTC). */
  closeDays: Record<string, number>;
}

/** What is known of a key, of an encoding of plaintext, or of a store that payloads are kept in. */
export interface Use {
  readonly format: PayloadFormat;
  readonly name: string;
  payloads: number;
  /** Payloads that no other key opens. */
  sole: number;
  kinds: Partial<Record<PayloadKind, number>>;
  firstSeenMs?: number;
  lastSeenMs?: number;
  /** Payloads by day of their event (UTC). */
  days: Record<string, number>;
  holders: Partial<Record<HolderKind, Holders>>;
}

/** How many holders of a kind are named for each key. */
export const MOST_NAMED = 25;
const MOST_DAYS = 4_000;

/** The day of a time, in UTC: `2026-11-30`. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Notes when payloads were written. */
export function see(use: Use, timeMs: number | undefined, day: string | undefined, count: number): void {
  if (timeMs !== undefined) {
    use.firstSeenMs = Math.min(use.firstSeenMs ?? timeMs, timeMs);
    use.lastSeenMs = Math.max(use.lastSeenMs ?? timeMs, timeMs);
  }
  if (day === undefined) return;
  const known = use.days[day];
  if (known === undefined && Object.keys(use.days).length >= MOST_DAYS) return;
  use.days[day] = (known ?? 0) + count;
}

/** Adds counts up, by name. */
export function addUp<K extends string>(
  into: Partial<Record<K, number>>,
  from: Partial<Record<K, number>>,
): void {
  for (const [name, count] of Object.entries(from) as [K, number][]) into[name] = (into[name] ?? 0) + count;
}

/** Adds holders of a kind to others of it. */
export function addHolders(into: Holders, from: Holders): void {
  into.count += from.count;
  into.soleCount += from.soleCount;
  into.named = [...into.named, ...from.named].sort(byStart).slice(0, MOST_NAMED);
  addUp(into.closeDays, from.closeDays);
  for (const field of ['lastCloseMs', 'soleLastCloseMs'] as const) {
    const value = from[field];
    if (value !== undefined) into[field] = Math.max(into[field] ?? value, value);
  }
}

function byStart(a: NamedHolder, b: NamedHolder): number {
  const text = ({ id, runId = '' }: NamedHolder): string => `${id} ${runId}`;
  return (a.startMs ?? 0) - (b.startMs ?? 0) || (text(a) < text(b) ? -1 : 1);
}
