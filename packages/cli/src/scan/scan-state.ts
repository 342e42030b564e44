import type { Slice } from './slices';
import type { SliceUsage } from './scan-slice';
import { Usage, type UsageJson } from './usage';

/** Usage by the day on which executions closed. */
type ByDay = Readonly<Record<string, UsageJson>>;

/** What is kept between runs: how far a scan has come, and what an earlier one has counted. */
export interface StoredState {
  readonly stateVersion: 2;
  /** ID of the namespace: one of the same name may be another. */
  readonly namespaceId: string;
  /** A scan that has not ended. */
  readonly current?: {
    readonly asOfMs: number;
    readonly slices: readonly Slice[];
    /** How many of the slices have been read. */
    readonly done: number;
    readonly open: UsageJson;
    readonly closed: ByDay;
    readonly executions: number;
    readonly gone: number;
    /** Length of the file of findings, in bytes. */
    readonly findingsBytes: number;
  };
  /** What the last scan that has ended counted in closed executions, which do not change. */
  readonly ended?: { readonly asOfMs: number; readonly closed: ByDay };
}

/** How far a scan of a namespace has come. */
export class ScanState {
  readonly asOfMs: number;
  /** When the scan began on which this one builds. */
  readonly sinceMs: number | undefined;
  /** Whether what an earlier run has left is of another namespace, and is passed over. */
  readonly isOfAnother: boolean;
  slices: readonly Slice[] | undefined;
  done = 0;
  executions = 0;
  gone = 0;
  findingsBytes = 0;
  readonly open: Usage;
  readonly #namespaceId: string;
  readonly #earlier: Map<string, Usage>;
  readonly #closed: Map<string, Usage>;

  /**
   * @param stored of an earlier run; that of another namespace is passed over
   * @param asOfMs when a scan that begins now has begun, in milliseconds since the epoch
   */
  constructor(namespaceId: string, stored: StoredState | undefined, asOfMs: number) {
    const isOfThis = namespaceId !== '' && stored?.namespaceId === namespaceId;
    const { current, ended } = isOfThis ? stored : {};
    this.isOfAnother = stored !== undefined && !isOfThis;
    this.#namespaceId = namespaceId;
    this.asOfMs = current?.asOfMs ?? asOfMs;
    this.sinceMs = ended?.asOfMs;
    this.slices = current?.slices;
    this.done = current?.done ?? 0;
    this.executions = current?.executions ?? 0;
    this.gone = current?.gone ?? 0;
    this.findingsBytes = current?.findingsBytes ?? 0;
    this.open = current === undefined ? new Usage() : Usage.fromJSON(current.open);
    this.#closed = usages(current?.closed);
    this.#earlier = usages(ended?.closed);
  }

  /** Whether this goes on with a scan that was begun before. */
  get isResumed(): boolean {
    return this.slices !== undefined;
  }

  add({ open, closed, executions, gone }: SliceUsage): void {
    this.open.add(open);
    addDays(this.#closed, Object.entries(closed));
    this.done += 1;
    this.executions += executions;
    this.gone += gone;
  }

  /**
   * Leaves out the days of the earlier scan of which nothing is left. The retention does not tell: what
   * closed before it was changed is kept for as long as it was then.
   *
   * @param isGone asks whether nothing that closed on a day is listed any more
   */
  async forgetDeleted(isGone: (day: string) => Promise<boolean>): Promise<void> {
    for (const day of [...this.#earlier.keys()]) if (await isGone(day)) this.#earlier.delete(day);
  }

  /** All that was counted, in this scan and in those before it. */
  total(): Usage {
    const total = new Usage();
    for (const usage of [this.open, ...this.#earlier.values(), ...this.#closed.values()]) total.add(usage);
    return total;
  }

  /** @param hasEnded whether the next scan builds on this one, or goes on with it */
  toStored(hasEnded: boolean): StoredState {
    const { asOfMs, sinceMs, slices, done, open, executions, gone, findingsBytes } = this;
    const base = { stateVersion: 2, namespaceId: this.#namespaceId } as const;
    if (hasEnded) {
      const closed = new Map<string, Usage>();
      addDays(closed, this.#earlier);
      addDays(closed, this.#closed);
      return { ...base, ended: { asOfMs, closed: byDay(closed) } };
    }
    return {
      ...base,
      current: {
        asOfMs,
        slices: slices ?? [],
        done,
        open: open.toJSON(),
        closed: byDay(this.#closed),
        executions,
        gone,
        findingsBytes,
      },
      ...(sinceMs !== undefined && { ended: { asOfMs: sinceMs, closed: byDay(this.#earlier) } }),
    };
  }
}

function addDays(into: Map<string, Usage>, days: Iterable<readonly [string, Usage]>): void {
  for (const [day, usage] of days) {
    const known = into.get(day) ?? new Usage();
    known.add(usage);
    into.set(day, known);
  }
}

function usages(byDay: ByDay = {}): Map<string, Usage> {
  return new Map(Object.entries(byDay).map(([day, usage]) => [day, Usage.fromJSON(structuredClone(usage))]));
}

function byDay(usages: ReadonlyMap<string, Usage>): ByDay {
  return Object.fromEntries([...usages].map(([day, usage]) => [day, usage.toJSON()]));
}
