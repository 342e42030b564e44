import { Events, randomOf } from './events';

/** A fleet, and how long it works. */
export interface SimulatedFleet {
  readonly workers: number;
  readonly isShared: boolean;
  readonly maxAgeMs: number;
  /** For the fleet where data keys are shared, else for each worker. */
  readonly maxMessages: number;
  /** Payloads that a worker encodes in a second. */
  readonly encodesPerSecond: number;
  /** Payloads that a worker decodes in a second, of a worker at random. */
  readonly decodesPerSecond: number;
  readonly durationMs: number;
  /** Over how long the first starts are spread. */
  readonly startsOverMs: number;
  /** When workers are replaced, one after the other, over how long; none where it is `undefined`. */
  readonly deployment?: { readonly atMs: number; readonly overMs: number } | undefined;
  readonly seed: number;
}

/** What it asked for. */
export interface SimulatedCounts {
  /** Wraps and unwraps of data keys. */
  readonly wraps: number;
  readonly unwraps: number;
  /** Of the secret that authenticates shared data keys: one for each start. */
  readonly secretRequests: number;
  readonly storeRequests: number;
  /** In the busiest second. */
  readonly storeRequestsAtPeak: number;
  /**
   * Of the key service, in the busiest second. Where each has data keys of its own: as many as workers read
   * payloads, as long as all of them are under data keys that were not seen yet.
   */
  readonly keyRequestsAtPeak: number;
}

// As `@waxseal/core` and `@waxseal/store` have them.
const HAND_OVER_AT = 0.75;
const JITTER = 0.1;
const LEAST_SHARE = 2 ** -14;
const MOST_SHARE = 2 ** -6;
const LASTS_MS = 30_000;
const LONG_MS = 10 * 60_000;
const NEARLY = 0.75;

interface SimulatedKey {
  readonly madeAtMs: number;
  readonly number: number;
  taken: number;
}

interface SimulatedWorker {
  startedAtMs: number;
  handOverAt: number;
  /** The key that it encrypts under. */
  key: SimulatedKey | undefined;
  share: number;
  takenAtMs: number;
  /** Tells events of now from those of a worker that was replaced, or a key that was given up. */
  generation: number;
}

interface SimulatedEvent {
  readonly worker: SimulatedWorker;
  readonly what: 'start' | 'take' | 'due';
  readonly generation: number;
}

/** Lets a fleet work, event after event. The same fleet gives the same counts. */
export function simulate(fleet: SimulatedFleet): SimulatedCounts {
  return new Simulation(fleet).run();
}

class Simulation {
  readonly #fleet: SimulatedFleet;
  readonly #random: () => number;
  readonly #events = new Events<SimulatedEvent>();
  readonly #workers: SimulatedWorker[];
  #shared: SimulatedKey | undefined;
  #made = 0;
  #unwraps = 0;
  #secretRequests = 0;
  #storeRequests = 0;
  readonly #inSecond = new Map<number, number>();
  readonly #keyRequestsInSecond = new Map<number, number>();

  constructor(fleet: SimulatedFleet) {
    this.#fleet = fleet;
    this.#random = randomOf(fleet.seed);
    this.#workers = Array.from({ length: fleet.workers }, () => ({
      startedAtMs: 0,
      handOverAt: 0,
      key: undefined,
      share: LEAST_SHARE,
      takenAtMs: -Infinity,
      generation: 0,
    }));
    const { workers, startsOverMs, deployment } = fleet;
    for (const [index, worker] of this.#workers.entries()) {
      this.#plan((index / workers) * startsOverMs, worker, 'start', 0);
      if (deployment !== undefined) {
        this.#plan(deployment.atMs + (index / workers) * deployment.overMs, worker, 'start', 0);
      }
    }
  }

  run(): SimulatedCounts {
    for (let next = this.#events.next(); next !== undefined; next = this.#events.next()) {
      const { atMs, event } = next;
      if (atMs > this.#fleet.durationMs) break;
      if (event.what === 'start') this.#start(atMs, event.worker);
      else if (event.generation === event.worker.generation)
        this.#take(atMs, event.worker, event.what === 'take');
    }
    // What is still in use has been read up to the end.
    if (!this.#fleet.isShared) {
      for (const worker of this.#workers) this.#readUntil(this.#fleet.durationMs, worker);
    }
    return {
      wraps: this.#made,
      unwraps: Math.round(this.#unwraps),
      secretRequests: this.#secretRequests,
      storeRequests: this.#storeRequests,
      storeRequestsAtPeak: mostOf(this.#inSecond),
      keyRequestsAtPeak: mostOf(this.#keyRequestsInSecond) + this.#firstReadsInSecond(),
    };
  }

  #plan(atMs: number, worker: SimulatedWorker, what: SimulatedEvent['what'], generation: number): void {
    this.#events.add(atMs, { worker, what, generation });
  }

  #start(nowMs: number, worker: SimulatedWorker): void {
    if (!this.#fleet.isShared) {
      this.#readUntil(nowMs, worker);
      // It has forgotten what it had unwrapped, and reads on under the keys of all others.
      if (worker.key !== undefined) this.#readAgain(nowMs, worker);
    } else {
      this.#secretRequests += 1;
      this.#askKeyService(nowMs);
      this.#ask(nowMs, 1);
    }
    Object.assign(worker, { startedAtMs: nowMs, key: undefined, share: LEAST_SHARE, takenAtMs: -Infinity });
    this.#take(nowMs, worker, true);
  }

  #take(nowMs: number, worker: SimulatedWorker, isUsedUp: boolean): void {
    worker.generation += 1;
    worker.handOverAt = HAND_OVER_AT - JITTER * this.#random();
    if (this.#fleet.isShared) this.#takeShared(nowMs, worker, isUsedUp);
    else this.#makeOwn(nowMs, worker);
  }

  #makeOwn(nowMs: number, worker: SimulatedWorker): void {
    const { maxAgeMs, maxMessages, encodesPerSecond } = this.#fleet;
    this.#readUntil(nowMs, worker);
    worker.key = this.#newKey(nowMs);
    const byCountMs = (maxMessages * NEARLY * 1_000) / encodesPerSecond;
    const dueMs = Math.min(worker.handOverAt * maxAgeMs, byCountMs);
    this.#plan(nowMs + dueMs, worker, 'due', worker.generation);
  }

  #takeShared(nowMs: number, worker: SimulatedWorker, isUsedUp: boolean): void {
    const { maxAgeMs, maxMessages, encodesPerSecond } = this.#fleet;
    this.#adapt(nowMs, worker, isUsedUp);
    const part = Math.ceil(maxMessages * worker.share);
    const key = this.#shared;
    const isDue =
      key === undefined ||
      nowMs - key.madeAtMs >= worker.handOverAt * maxAgeMs ||
      key.taken >= worker.handOverAt * maxMessages ||
      key.taken + part > maxMessages;
    // A look; and either a part that is taken, or a claim and what is published.
    this.#ask(nowMs, isDue ? 3 : 2);
    if (isDue) this.#shared = this.#newKey(nowMs);
    else if (worker.key !== key) {
      this.#unwraps += 1;
      this.#askKeyService(nowMs);
    }
    const current = this.#shared as SimulatedKey;
    current.taken += part;
    worker.key = current;
    const usedUpMs = nowMs + (part * NEARLY * 1_000) / encodesPerSecond;
    const dueMs = Math.max(nowMs + 1_000, current.madeAtMs + worker.handOverAt * maxAgeMs);
    if (usedUpMs < dueMs) this.#plan(usedUpMs, worker, 'take', worker.generation);
    else this.#plan(dueMs, worker, 'due', worker.generation);
  }

  #adapt(nowMs: number, worker: SimulatedWorker, isUsedUp: boolean): void {
    const lastedMs = nowMs - worker.takenAtMs;
    worker.takenAtMs = nowMs;
    if (lastedMs === Infinity) return;
    const factor =
      isUsedUp && lastedMs < 1_000 ? 4 : isUsedUp && lastedMs < LASTS_MS ? 2 : lastedMs < LONG_MS ? 1 : 0.5;
    worker.share = Math.min(MOST_SHARE, Math.max(LEAST_SHARE, worker.share * factor));
  }

  #newKey(madeAtMs: number): SimulatedKey {
    this.#made += 1;
    this.#askKeyService(madeAtMs);
    return { madeAtMs, number: this.#made, taken: 0 };
  }

  /** Each other worker that reads a payload of the worker's key has unwrapped it. */
  #readUntil(nowMs: number, { key }: SimulatedWorker): void {
    if (key === undefined) return;
    const others = this.#fleet.workers - 1;
    this.#unwraps += others * this.#isReadWithin(nowMs - key.madeAtMs);
  }

  /** A reader that has forgotten all keys reads on under those that are in use, for what is left of them. */
  #readAgain(nowMs: number, reader: SimulatedWorker): void {
    const { maxAgeMs } = this.#fleet;
    const sample = this.#workers.filter((_, index) => index % Math.ceil(this.#workers.length / 200) === 0);
    let sum = 0;
    let counted = 0;
    for (const { key, handOverAt } of sample) {
      if (key === undefined || key === reader.key) continue;
      const leftMs = Math.max(0, key.madeAtMs + handOverAt * maxAgeMs - nowMs);
      // Those that it had not read before count when the key ends.
      sum += this.#isReadWithin(leftMs) * this.#isReadWithin(nowMs - key.madeAtMs);
      counted += 1;
    }
    if (counted > 0) this.#unwraps += (sum / counted) * (this.#fleet.workers - 1);
  }

  /** How likely it is that one worker reads a payload of a certain other one within so long. */
  #isReadWithin(ms: number): number {
    const { decodesPerSecond, workers } = this.#fleet;
    return 1 - Math.exp((-decodesPerSecond * ms) / 1_000 / Math.max(1, workers - 1));
  }

  #ask(nowMs: number, requests: number): void {
    this.#storeRequests += requests;
    countIn(this.#inSecond, nowMs, requests);
  }

  #askKeyService(nowMs: number): void {
    countIn(this.#keyRequestsInSecond, nowMs, 1);
  }

  #firstReadsInSecond(): number {
    const { isShared, workers, decodesPerSecond } = this.#fleet;
    if (isShared || workers === 1) return 0;
    return Math.round(workers * Math.min(decodesPerSecond, workers - 1));
  }
}

function countIn(seconds: Map<number, number>, nowMs: number, requests: number): void {
  const second = Math.floor(nowMs / 1_000);
  seconds.set(second, (seconds.get(second) ?? 0) + requests);
}

function mostOf(seconds: ReadonlyMap<number, number>): number {
  return [...seconds.values()].reduce((most, count) => Math.max(most, count), 0);
}
