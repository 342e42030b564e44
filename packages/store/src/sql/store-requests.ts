import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CircuitBreaker,
  notify,
  observeRequest,
  onAbort,
  RequestQueue,
  Deadline,
  STEADY_CLOCK,
  type Turn,
} from '@waxseal/core/internal';
import { StoreError, type StoreErrorReason } from '../store-error';
import type { StoreRequestOptions } from '../store';
import type { Database, Query, Row } from './database';
import type { SqlStoreSettings } from './store-options';

/** What may pass by itself within seconds, and is asked again. */
const RETRIED: ReadonlySet<StoreErrorReason> = new Set([
  'throttled',
  'unavailable',
  'not-durable',
  'timeout',
]);
const FIRST_BACKOFF_MS = 50;
const LONGEST_BACKOFF_MS = 500;

/** Bytes that waiting requests hold at most. */
const MAX_QUEUED_BYTES = 2 ** 28;

/** For whom a request is made that nobody is named for. */
export const ITSELF = { tenant: '', caller: '' };

/** One request, as a table puts it. */
export interface StoreRequest<T> {
  /** Such as `tokens.get`. */
  readonly operation: string;
  /** Bytes that it holds while it waits. */
  readonly heldBytes?: number;
  /**
   * Longest time for one attempt, where the usual one is too short: of what counts or changes the tables.
   */
  readonly longMs?: number;
  /** When it is over at the latest, in milliseconds of `performance.now()`. */
  readonly endsAtMs?: number;
  /** Asks once. What it does can be done again. */
  readonly work: (query: Query) => Promise<T>;
}

/** Asks a database: in turn, within deadlines, again after what may pass, and not while it is away. */
export class StoreRequests {
  readonly #database: Database;
  readonly #settings: SqlStoreSettings;
  readonly #queue: RequestQueue;
  readonly #breaker: CircuitBreaker;

  constructor(database: Database, settings: SqlStoreSettings) {
    const { maxConcurrent, maxQueued, breaker, telemetry } = settings;
    this.#database = database;
    this.#settings = settings;
    this.#queue = new RequestQueue(
      { atOnce: maxConcurrent, maxQueued, maxQueuedBytes: MAX_QUEUED_BYTES },
      () => notAsked('throttled', `${String(maxQueued)} requests wait already`),
    );
    this.#breaker = new CircuitBreaker(breaker, STEADY_CLOCK, (state) => {
      notify(() => telemetry?.storeBreakerChanged?.(state));
    });
  }

  /** @throws StoreError with the reason of the last attempt; `timeout` past the deadline of all */
  async run<T>(request: StoreRequest<T>, options: StoreRequestOptions = {}): Promise<T> {
    const { attemptTimeoutMs, totalTimeoutMs, telemetry } = this.#settings;
    const { signal, caller = ITSELF } = options;
    const longMs = request.longMs ?? 0;
    const endsAtMs = Math.min(
      performance.now() + Math.max(totalTimeoutMs, longMs),
      request.endsAtMs ?? Infinity,
    );
    signal?.throwIfAborted();
    const turn = this.#queue.unwrap(caller, request.heldBytes ?? 0);
    try {
      if (!turn.hasBegun) await begun(turn, endsAtMs, signal);
      if (!this.#breaker.pass('')) {
        throw notAsked('unavailable', 'the last requests failed, and the next attempt is due in a while');
      }
      const ask = (): Promise<T> =>
        this.#withRetries(request, Math.max(attemptTimeoutMs, longMs), endsAtMs, signal);
      const info = { operation: request.operation, store: this.#database.kind };
      const answer = await (telemetry?.storeRequest === undefined
        ? ask()
        : observeRequest((observed) => telemetry.storeRequest?.(info, observed), ask));
      this.#breaker.answered();
      return answer;
    } catch (error) {
      if (turn.hasBegun) this.#tellBreaker(error, signal);
      throw error;
    } finally {
      turn.end();
    }
  }

  /**
   * Asks one statement.
   *
   * @param longMs as of a {@link StoreRequest}
   */
  ask(
    operation: string,
    sql: string,
    values: readonly unknown[],
    options: StoreRequestOptions | undefined,
    longMs?: number,
  ): Promise<readonly Row[]> {
    const work = (query: Query): ReturnType<Query> => query(sql, values);
    return this.run({ operation, work, ...(longMs !== undefined && { longMs }) }, options);
  }

  async #withRetries<T>(
    request: StoreRequest<T>,
    attemptMs: number,
    endsAtMs: number,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    let failure: StoreError | undefined;
    for (let backoffMs = FIRST_BACKOFF_MS; ; backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS)) {
      const leftMs = endsAtMs - performance.now();
      const attempt = new Deadline(Math.max(1, Math.min(attemptMs, leftMs)), signal, late);
      try {
        return await attempt.within(this.#database.connect(request.work, attempt.signal, request.longMs));
      } catch (error) {
        if (!(error instanceof StoreError) || !mayPass(error) || signal?.aborted === true) throw error;
        // An attempt that the deadline of all ended says less than the one before it.
        if (performance.now() >= endsAtMs) throw failure ?? error;
        failure = error;
      } finally {
        attempt.end();
      }
      const waitMs = Math.random() * backoffMs;
      if (performance.now() + waitMs >= endsAtMs) throw failure;
      try {
        await delay(waitMs, undefined, signal === undefined ? {} : { signal });
      } catch {
        throw signal?.reason ?? failure;
      }
    }
  }

  #tellBreaker(error: unknown, signal: AbortSignal | undefined): void {
    if (signal?.aborted === true || !(error instanceof StoreError)) this.#breaker.abandoned();
    else if (error.wasNotAsked) return;
    // A conflict of transactions is an answer.
    else if (RETRIED.has(error.reason) && error.sqlState?.startsWith('40') !== true) this.#breaker.failed('');
    else this.#breaker.answered();
  }
}

/** Whether it is of use to ask again. */
function mayPass({ reason, wasNotAsked }: StoreError): boolean {
  return RETRIED.has(reason) && !wasNotAsked;
}

function late(): StoreError {
  return new StoreError('timeout');
}

/** Of a request that was not sent. */
export function notAsked(reason: StoreErrorReason, because: string): StoreError {
  return new StoreError(reason, { because: `It was not asked: ${because}.`, wasNotAsked: true });
}

/** Waits for a turn. */
async function begun(turn: Turn, endsAtMs: number, signal: AbortSignal | undefined): Promise<void> {
  const deadline = new Deadline(Math.max(1, endsAtMs - performance.now()), signal, late);
  const unlink = onAbort(deadline.signal, () => {
    turn.cancel(deadline.signal.reason as Error);
  });
  try {
    await turn.begun;
  } finally {
    unlink();
    deadline.end();
  }
}
