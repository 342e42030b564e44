import type { PayloadFormat } from './payload-format';
import { addHolders, addUp, dayOf, see, type Holder, type HolderKind, type Use } from './use';
import type { PayloadKind } from './walk';

/** How many keys are told apart: whoever writes payloads chooses the names. */
export const MOST_NAMES = 1_000;

const COUNTS = [
  'events',
  'payloads',
  'encrypted',
  'clearFailures',
  'sdkMarkers',
  'notToldApart',
  'notRead',
] as const;

/**
 * Counts what payloads name. Usages add up: those of parts, in any order, give that of the whole. What one
 * takes is bounded, however many payloads there are. Runs in the sandbox of workflows too, and imports
 * nothing of Node.js.
 */
export class Usage {
  events = 0;
  payloads = 0;
  encrypted = 0;
  clearFailures = 0;
  /** Payloads in clear that SDKs write themselves. */
  sdkMarkers = 0;
  /** Payloads whose key is not told apart, since there are too many. */
  notToldApart = 0;
  /** Answers of Temporal of which a part could not be read. */
  notRead = 0;
  readonly holders: Partial<Record<HolderKind, number>> = {};
  readonly #uses = new Map<string, Use>();

  /** In the order of format and name. */
  get uses(): readonly Use[] {
    const key = ({ format, name }: Use): string => `${format} ${name}`;
    return [...this.#uses.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  }

  /**
   * Counts a payload.
   *
   * @param names keys of which any opens it, the encoding of plaintext, or the store that it is kept in
   * @param timeMs when it was written, in milliseconds since the epoch, where that is known
   */
  count(
    format: PayloadFormat,
    names: readonly string[],
    kind: PayloadKind,
    timeMs: number | undefined,
    isEncrypted: boolean,
  ): void {
    this.payloads += 1;
    if (isEncrypted) this.encrypted += 1;
    for (const name of names) this.note(format, name, kind, timeMs, names.length === 1);
  }

  /** Counts for one of its keys a payload that is counted already. */
  note(
    format: PayloadFormat,
    name: string,
    kind: PayloadKind,
    timeMs: number | undefined,
    isSole = true,
  ): void {
    const use = this.#use(format, name);
    if (use === undefined) {
      this.notToldApart += 1;
      return;
    }
    use.payloads += 1;
    if (isSole) use.sole += 1;
    use.kinds[kind] = (use.kinds[kind] ?? 0) + 1;
    if (timeMs !== undefined) see(use, timeMs, dayOf(timeMs), 1);
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
          {
            id,
            ...(runId !== undefined && { runId }),
            ...(type !== undefined && { type }),
            ...(startMs !== undefined && { startMs }),
            sole,
          },
        ],
        closeDays: closeMs === undefined ? {} : { [dayOf(closeMs)]: 1 },
        ...(closeMs !== undefined && { lastCloseMs: closeMs }),
        ...(closeMs !== undefined && sole && { soleLastCloseMs: closeMs }),
      };
    }
  }

  /** Adds what another has counted, which stays as it is. */
  add(other: Usage): void {
    for (const field of COUNTS) this[field] += other[field];
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
        if (known === undefined)
          use.holders[kind as HolderKind] = { ...holders, closeDays: { ...holders.closeDays } };
        else addHolders(known, holders);
      }
    }
  }

  toJSON(): UsageJson {
    const { holders, uses } = this;
    const counts = Object.fromEntries(COUNTS.map((name) => [name, this[name]])) as UsageCounts;
    return { ...counts, holders, uses };
  }

  /** Takes up again what `toJSON` gave. The values are those of a file that this program wrote. */
  static fromJSON({ uses, holders, ...counts }: UsageJson): Usage {
    const usage = Object.assign(new Usage(), counts);
    Object.assign(usage.holders, holders);
    for (const use of uses) usage.#uses.set(`${use.format} ${use.name}`, use);
    return usage;
  }
}

type UsageCounts = Readonly<Record<(typeof COUNTS)[number], number>>;

/** A {@link Usage} as it is stored. */
export interface UsageJson extends UsageCounts {
  readonly holders: Partial<Record<HolderKind, number>>;
  readonly uses: readonly Use[];
}
