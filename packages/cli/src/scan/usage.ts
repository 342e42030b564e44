import { ENCRYPTED, identify, type PayloadFormat } from './payload-format';
import { walk, type LocatedPayload, type PayloadKind } from './walk';
import { HISTORY, type Message, type TypedMessage } from './messages';

/** What keeps payloads. */
export type HolderKind =
  | 'open executions'
  | 'closed executions'
  | 'schedules'
  | 'open activities'
  | 'closed activities'
  | 'open Nexus operations'
  | 'closed Nexus operations'
  | 'deployments'
  | 'files';

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
/** How many keys are told apart: whoever writes payloads chooses the names. */
export const MOST_NAMES = 1_000;
const MOST_DAYS = 4_000;
const MS_PER_DAY = 86_400_000;

/**
 * Counts what payloads name. Usages add up: those of parts, in any order, give that of the whole. What one
 * takes is bounded, however many payloads there are.
 */
export class Usage {
  events = 0;
  payloads = 0;
  encrypted = 0;
  clearFailures = 0;
  /** Payloads whose key is not told apart, since there are too many. */
  notToldApart = 0;
  readonly holders: Partial<Record<HolderKind, number>> = {};
  readonly #uses = new Map<string, Use>();

  /** In the order of format and name. */
  get uses(): readonly Use[] {
    const key = ({ format, name }: Use): string => `${format} ${name}`;
    return [...this.#uses.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  }

  /** Counts the payloads of messages, and calls `found` for each. Holders are told afterwards: {@link heldBy}. */
  read(message: TypedMessage, found?: (found: FoundPayload) => void): void {
    if (message.type.fullName === HISTORY) this.events += eventsIn(message.message);
    walk(message, {
      payload: (located) => {
        const { format, names } = identify(located.payload);
        // Temporal keeps headers in clear: what is encrypted in them was by a codec of somebody's.
        if (located.kind === 'header' && !ENCRYPTED.has(format)) return;
        const { kind, event, field, payload } = located;
        found?.({ kind, event, field: field(), format, names, bytes: payload.data?.length ?? 0 });
        this.payloads += 1;
        if (ENCRYPTED.has(format)) this.encrypted += 1;
        for (const name of names) this.#count(format, name, names.length === 1, located);
      },
      clearFailure: () => (this.clearFailures += 1),
    });
  }

  #count(format: PayloadFormat, name: string, isSole: boolean, { kind, event }: LocatedPayload): void {
    const use = this.#use(format, name);
    if (use === undefined) {
      this.notToldApart += 1;
      return;
    }
    use.payloads += 1;
    if (isSole) use.sole += 1;
    use.kinds[kind] = (use.kinds[kind] ?? 0) + 1;
    if (event?.timeMs !== undefined) see(use, event.timeMs, dayOf(event.timeMs), 1);
  }

  #use(format: PayloadFormat, name: string): Use | undefined {
    const key = `${format} ${name}`;
    let use = this.#uses.get(key);
    if (use === undefined && this.#uses.size < MOST_NAMES) {
      use = { format, name, payloads: 0, sole: 0, kinds: {}, days: {}, holders: {} };
      this.#uses.set(key, use);
    }
    return use;
  }

  /** Says what keeps all that was read. */
  heldBy(holder: Holder): void {
    const { kind, closeMs, id, runId, type, startMs } = holder;
    this.holders[kind] = (this.holders[kind] ?? 0) + 1;
    for (const use of this.#uses.values()) {
      // A payload of memo or schedule has no event: it is there since the beginning.
      const since = startMs ?? closeMs;
      if (use.firstSeenMs === undefined && since !== undefined) see(use, since, dayOf(since), use.payloads);
      const sole = use.sole > 0;
      use.holders[kind] = {
        count: 1,
        soleCount: sole ? 1 : 0,
        named: [
          { id, ...(runId !== undefined && { runId }), ...(type !== undefined && { type }), ...(startMs !== undefined && { startMs }), sole },
        ],
        closeDays: closeMs === undefined ? {} : { [dayOf(closeMs)]: 1 },
        ...(closeMs !== undefined && { lastCloseMs: closeMs }),
        ...(closeMs !== undefined && sole && { soleLastCloseMs: closeMs }),
      };
    }
  }

  /** Adds what another has counted, which is not used afterwards. */
  add(other: Usage): void {
    for (const field of ['events', 'payloads', 'encrypted', 'clearFailures', 'notToldApart'] as const) {
      this[field] += other[field];
    }
    addUp(this.holders, other.holders);
    for (const from of other.#uses.values()) {
      const use = this.#use(from.format, from.name);
      if (use === undefined) {
        this.notToldApart += from.payloads;
        continue;
      }
      use.payloads += from.payloads;
      use.sole += from.sole;
      addUp(use.kinds, from.kinds);
      for (const [day, count] of Object.entries(from.days)) see(use, undefined, day, count);
      if (from.firstSeenMs !== undefined) see(use, from.firstSeenMs, undefined, 0);
      if (from.lastSeenMs !== undefined) see(use, from.lastSeenMs, undefined, 0);
      for (const [kind, holders] of Object.entries(from.holders)) {
        const known = use.holders[kind as HolderKind];
        if (known === undefined) use.holders[kind as HolderKind] = structuredClone(holders);
        else addHolders(known, holders);
      }
    }
  }

  toJSON(): UsageJson {
    const { events, payloads, encrypted, clearFailures, notToldApart, holders, uses } = this;
    return { events, payloads, encrypted, clearFailures, notToldApart, holders, uses };
  }

  /** Takes up again what `toJSON` gave. The values are those of a file that this program wrote. */
  static fromJSON({ uses, holders, ...counts }: UsageJson): Usage {
    const usage = Object.assign(new Usage(), counts);
    Object.assign(usage.holders, holders);
    for (const use of uses) usage.#uses.set(`${use.format} ${use.name}`, use);
    return usage;
  }
}

/** A payload, and how it is encrypted. */
export interface FoundPayload extends Pick<LocatedPayload, 'kind' | 'event'> {
  /** The way to it, from the event's attributes or from the message: `input.payloads[0]`. */
  readonly field: string;
  readonly format: PayloadFormat;
  readonly names: readonly string[];
  /** Size of its data. */
  readonly bytes: number;
}

/** A {@link Usage} as it is stored. */
export interface UsageJson {
  readonly events: number;
  readonly payloads: number;
  readonly encrypted: number;
  readonly clearFailures: number;
  readonly notToldApart: number;
  readonly holders: Partial<Record<HolderKind, number>>;
  readonly uses: readonly Use[];
}

/** The day of a time, in UTC: `2026-11-30`. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** When a day has ended, in milliseconds since the epoch. */
export function endOfDay(day: string): number {
  return Date.parse(day) + MS_PER_DAY;
}

function eventsIn({ events }: Message): number {
  return Array.isArray(events) ? events.length : 0;
}

function see(use: Use, timeMs: number | undefined, day: string | undefined, count: number): void {
  if (timeMs !== undefined) {
    use.firstSeenMs = Math.min(use.firstSeenMs ?? timeMs, timeMs);
    use.lastSeenMs = Math.max(use.lastSeenMs ?? timeMs, timeMs);
  }
  if (day === undefined) return;
  const known = use.days[day];
  if (known === undefined && Object.keys(use.days).length >= MOST_DAYS) return;
  use.days[day] = (known ?? 0) + count;
}

function addUp<K extends string>(into: Partial<Record<K, number>>, from: Partial<Record<K, number>>): void {
  for (const [name, count] of Object.entries(from) as [K, number][]) into[name] = (into[name] ?? 0) + count;
}

function addHolders(into: Holders, from: Holders): void {
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
