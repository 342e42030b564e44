/**
 * Whom a request is made for. Tenants have equal shares of a key service, and the callers of a tenant equal
 * shares of its share.
 */
export interface RequestOrigin {
  /** A namespace, or the caller of a Codec Server. */
  readonly tenant: string;
  /** A workflow, or the namespace that a Codec Server's caller asks about. */
  readonly caller: string;
}

/** What a queue holds at most. */
export interface RequestQueueLimits {
  /** Requests at once. */
  readonly atOnce: number;
  /** Requests of each kind that wait. */
  readonly maxQueued: number;
  /** Bytes that the waiting requests hold. */
  readonly maxQueuedBytes: number;
}

/** A place in the queue, and then among the requests that are under way. */
export interface Turn {
  /** Resolves when the request may be made. Rejects where it is cancelled before. */
  readonly begun: Promise<void>;
  readonly hasBegun: boolean;
  /** Waits in the lane of another caller too, who wants the same: whichever turn comes first counts. */
  join(origin: RequestOrigin): void;
  /** Leaves the queue. Once the turn has begun, it does nothing. */
  cancel(reason: Error): void;
  /**
   * Ends the turn, or leaves the queue. To be called when the request has ended. Calling it again does
   * nothing.
   */
  end(): void;
}

/** Requests of one tenant. */
interface Lane {
  readonly tenant: string;
  underWay: number;
  waiting: number;
  /** What waits, by caller. The caller whose turn is next comes first. */
  readonly callers: Map<string, Set<PendingTurn>>;
}

class PendingTurn implements Turn {
  readonly begun: Promise<void>;
  hasBegun = false;
  isOver = false;
  /** The lane whose turn came. */
  lane: Lane | undefined;
  readonly places: { readonly lane: Lane; readonly caller: string }[] = [];
  readonly isWrap: boolean;
  readonly bytes: number;
  readonly #queue: RequestQueue;
  #resolve: () => void = () => undefined;
  #reject: (reason: Error) => void = () => undefined;

  constructor(queue: RequestQueue, isWrap: boolean, bytes: number) {
    this.#queue = queue;
    this.isWrap = isWrap;
    this.bytes = bytes;
    this.begun = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // The owner of a turn that it cancelled itself does not wait for it.
    this.begun.catch(() => undefined);
  }

  begin(lane: Lane | undefined): void {
    this.hasBegun = true;
    this.lane = lane;
    this.#resolve();
  }

  join(origin: RequestOrigin): void {
    if (!this.isWrap && !this.hasBegun && !this.isOver) this.#queue.join(this, origin);
  }

  cancel(reason: Error): void {
    if (this.hasBegun || this.isOver) return;
    this.#queue.leave(this);
    this.#reject(reason);
  }

  end(): void {
    this.#queue.leave(this);
  }
}

/** One place of each so many is kept, on top, for wraps and tenants that have none under way. */
const PLACES_PER_SPARE = 8;

/**
 * Requests to one key service: so many at once, and a bounded number that waits.
 *
 * - Wraps come before unwraps: encoding must not wait for what is to be decoded.
 * - Tenants take turns, and within a tenant its callers: a flood of one holds up that one.
 * - A tenant that has no request under way need not wait until the requests of others have ended: some places
 *   are kept for it.
 * - Where the queue is full, the caller with the most requests gives one up.
 */
export class RequestQueue {
  readonly #limits: RequestQueueLimits;
  readonly #full: () => Error;
  readonly #spare: number;
  readonly #wraps = new Set<PendingTurn>();
  /** Tenants with requests that wait or are under way. */
  readonly #lanes = new Map<string, Lane>();
  /** Those with requests that wait, the next one first. */
  readonly #waitingLanes = new Set<Lane>();
  #underWay = 0;
  #wrapsUnderWay = 0;
  #queued = 0;
  #queuedBytes = 0;

  /** @param full makes the error of a request that finds no room */
  constructor(limits: RequestQueueLimits, full: () => Error) {
    this.#limits = limits;
    this.#full = full;
    this.#spare = Math.floor(limits.atOnce / PLACES_PER_SPARE);
  }

  /** Unwraps that wait. */
  get queued(): number {
    return this.#queued;
  }

  /** @returns a turn to wrap; it rejects where too many wait already */
  wrap(): Turn {
    const turn = new PendingTurn(this, true, 0);
    if (this.#wraps.size >= this.#limits.maxQueued) turn.cancel(this.#full());
    else this.#wraps.add(turn);
    this.#dispatch();
    return turn;
  }

  /**
   * @param bytes what the request holds while it waits
   * @returns a turn to unwrap; it rejects where too many wait already
   */
  unwrap(origin: RequestOrigin, bytes: number): Turn {
    const turn = new PendingTurn(this, false, bytes);
    this.#queued += 1;
    this.#queuedBytes += bytes;
    this.join(turn, origin);
    this.#dispatch();
    if (!turn.hasBegun) this.#keepWithinLimits(turn, origin);
    return turn;
  }

  /** See {@link Turn.join}. */
  join(turn: PendingTurn, { tenant, caller }: RequestOrigin): void {
    let lane = this.#lanes.get(tenant);
    if (lane === undefined) {
      lane = { tenant, underWay: 0, waiting: 0, callers: new Map() };
      this.#lanes.set(tenant, lane);
    }
    let waiting = lane.callers.get(caller);
    if (waiting === undefined) lane.callers.set(caller, (waiting = new Set()));
    if (waiting.has(turn)) return;
    waiting.add(turn);
    lane.waiting += 1;
    turn.places.push({ lane, caller });
    this.#waitingLanes.add(lane);
  }

  /** See {@link Turn.end}. */
  leave(turn: PendingTurn): void {
    if (turn.isOver) return;
    turn.isOver = true;
    if (!turn.hasBegun) {
      if (turn.isWrap) this.#wraps.delete(turn);
      else this.#unqueue(turn);
      return;
    }
    this.#underWay -= 1;
    if (turn.lane === undefined) this.#wrapsUnderWay -= 1;
    else {
      turn.lane.underWay -= 1;
      this.#forgetIfIdle(turn.lane);
    }
    this.#dispatch();
  }

  #dispatch(): void {
    while (this.#beginNextWrap() || this.#beginNextUnwrap());
  }

  #beginNextWrap(): boolean {
    const [turn] = this.#wraps;
    if (turn === undefined || !this.#hasPlace(this.#wrapsUnderWay)) return false;
    this.#wraps.delete(turn);
    this.#underWay += 1;
    this.#wrapsUnderWay += 1;
    turn.begin(undefined);
    return true;
  }

  #beginNextUnwrap(): boolean {
    for (const lane of this.#waitingLanes) {
      if (!this.#hasPlace(lane.underWay)) continue;
      const [[caller, waiting] = []] = lane.callers;
      const [turn] = waiting ?? [];
      if (caller === undefined || waiting === undefined || turn === undefined) return false;
      // The next turn is another tenant's, and within this one another caller's.
      this.#waitingLanes.delete(lane);
      this.#waitingLanes.add(lane);
      lane.callers.delete(caller);
      lane.callers.set(caller, waiting);
      this.#underWay += 1;
      lane.underWay += 1;
      this.#unqueue(turn);
      turn.begin(lane);
      return true;
    }
    return false;
  }

  /** @param own requests under way of the caller that wants the place */
  #hasPlace(own: number): boolean {
    const { atOnce } = this.#limits;
    return this.#underWay < atOnce || (own === 0 && this.#underWay < atOnce + this.#spare);
  }

  #unqueue(turn: PendingTurn): void {
    this.#queued -= 1;
    this.#queuedBytes -= turn.bytes;
    for (const { lane, caller } of turn.places.splice(0)) {
      const waiting = lane.callers.get(caller);
      lane.waiting -= 1;
      waiting?.delete(turn);
      if (waiting?.size === 0) lane.callers.delete(caller);
      if (lane.callers.size === 0) this.#waitingLanes.delete(lane);
      this.#forgetIfIdle(lane);
    }
  }

  #forgetIfIdle(lane: Lane): void {
    if (lane.underWay === 0 && lane.callers.size === 0) this.#lanes.delete(lane.tenant);
  }

  #keepWithinLimits(turn: PendingTurn, origin: RequestOrigin): void {
    const { maxQueued, maxQueuedBytes } = this.#limits;
    while (this.#queued > maxQueued || this.#queuedBytes > maxQueuedBytes) {
      const victim = this.#hasItsShare(origin) ? turn : this.#turnOfTheLargest();
      victim.cancel(this.#full());
      if (victim === turn) return;
    }
  }

  #hasItsShare({ tenant, caller }: RequestOrigin): boolean {
    const lane = this.#lanes.get(tenant);
    const own = lane?.callers.get(caller)?.size ?? 0;
    const ofTenant = this.#queued / Math.max(1, this.#waitingLanes.size);
    const ofCaller = ofTenant / Math.max(1, lane?.callers.size ?? 1);
    return (lane?.waiting ?? 0) >= ofTenant && own >= ofCaller;
  }

  /** What has waited longest for the caller with the most requests of the tenant with the most. */
  #turnOfTheLargest(): PendingTurn {
    const lane = largest(this.#waitingLanes, ({ waiting }) => waiting);
    const [turn] = largest(lane.callers.values(), ({ size }) => size);
    if (turn === undefined) throw new Error('A lane without requests.');
    return turn;
  }
}

function largest<T>(items: Iterable<T>, sizeOf: (item: T) => number): T {
  let found: T | undefined;
  for (const item of items) if (found === undefined || sizeOf(item) > sizeOf(found)) found = item;
  if (found === undefined) throw new Error('Nothing waits.');
  return found;
}
