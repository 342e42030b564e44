import { performance } from 'node:perf_hooks';
import { copyOf, onAbort, RequestQueue } from '@waxseal/core/internal';
import { StoreError } from '../store-error';
import type { StoreRequestOptions } from '../store';
import type { SqlStoreSettings } from './store-options';
import { ITSELF, notAsked } from './store-requests';

/** Statements that are under way at once: meanwhile, those that ask gather for the next. */
const AT_ONCE = 3;

/** Items in one statement at most, and their bytes. */
const STATEMENT_ITEMS = 500;
const STATEMENT_BYTES = 8 * 1024 * 1024;

/** Callers that gather at most; others wait for their turn. */
const PLACES = 256;

/** Bytes that waiting callers hold at most. */
const MAX_QUEUED_BYTES = 2 ** 27;

/** What ends by itself is let end: it says why. */
const SLACK_MS = 100;

/** One caller, who waits. */
interface Entry<Item, Answer> {
  readonly items: readonly Item[];
  readonly bytes: number;
  readonly expiresAtMs: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Statements that callers share: those that ask at the same time are answered by one. A database, and this
 * process, do then a fraction of the work, and a write is made durable once for many.
 *
 * Callers have equal shares, as of `StoreRequests`; none waits longer than for a request of its own.
 */
export class SharedStatements<Item, Answer> {
  readonly #settings: SqlStoreSettings;
  readonly #ask: (items: readonly Item[], endsAtMs: number) => Promise<Answer>;
  readonly #queue: RequestQueue;
  /** In the order in which they came: the first expires first. */
  readonly #waiting = new Set<Entry<Item, Answer>>();
  #ready: Entry<Item, Answer>[] = [];
  #underWay = 0;
  #isFlushDue = false;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param ask asks once for the items of all; the answer is given to each caller. It ends by `endsAtMs`, in
   *   milliseconds of `performance.now()`
   */
  constructor(
    settings: SqlStoreSettings,
    ask: (items: readonly Item[], endsAtMs: number) => Promise<Answer>,
  ) {
    const { maxQueued } = settings;
    this.#settings = settings;
    this.#ask = ask;
    this.#queue = new RequestQueue({ atOnce: PLACES, maxQueued, maxQueuedBytes: MAX_QUEUED_BYTES }, () =>
      notAsked('throttled', `${String(maxQueued)} requests wait already`),
    );
  }

  /**
   * @param items of the caller: few
   * @param bytes that they hold
   * @returns the answer to the items of all who asked with it
   * @throws StoreError as `ask` does; `timeout` past the deadline of a request
   */
  async run(items: readonly Item[], bytes: number, options: StoreRequestOptions = {}): Promise<Answer> {
    const { signal, caller = ITSELF } = options;
    signal?.throwIfAborted();
    const turn = this.#queue.unwrap(caller, bytes);
    let unlink: (() => void) | undefined;
    let entry: Entry<Item, Answer> | undefined;
    try {
      return await new Promise<Answer>((resolve, reject) => {
        const own = { items, bytes, expiresAtMs: this.#expiry(), resolve, reject };
        entry = own;
        this.#waiting.add(own);
        this.#watch();
        if (signal !== undefined) {
          unlink = onAbort(signal, () => {
            reject(signal.reason as Error);
          });
        }
        if (turn.hasBegun) this.#begin(own);
        else
          turn.begun.then(() => {
            this.#begin(own);
          }, reject);
      });
    } finally {
      unlink?.();
      if (entry !== undefined) this.#waiting.delete(entry);
      if (this.#waiting.size === 0) {
        clearTimeout(this.#timer);
        this.#timer = undefined;
      }
      turn.end();
    }
  }

  #begin(entry: Entry<Item, Answer>): void {
    // Who has given up meanwhile is asked for no more.
    if (!this.#waiting.has(entry)) return;
    this.#ready.push(entry);
    this.#flushSoon();
  }

  /** At the end of this turn of the event loop: whom one answer wakes, they all ask together again. */
  #flushSoon(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    setImmediate(() => {
      this.#isFlushDue = false;
      this.#flush();
    });
  }

  #flush(): void {
    while (this.#underWay < AT_ONCE && this.#ready.length > 0) {
      const batch = this.#take();
      if (batch.length > 0) void this.#answer(batch);
    }
  }

  #take(): Entry<Item, Answer>[] {
    const batch: Entry<Item, Answer>[] = [];
    let count = 0;
    let bytes = 0;
    let taken = 0;
    for (const entry of this.#ready) {
      const isFull = count + entry.items.length > STATEMENT_ITEMS || bytes + entry.bytes > STATEMENT_BYTES;
      if (batch.length > 0 && isFull) break;
      taken += 1;
      if (!this.#waiting.has(entry)) continue;
      batch.push(entry);
      count += entry.items.length;
      bytes += entry.bytes;
    }
    this.#ready = this.#ready.slice(taken);
    return batch;
  }

  async #answer(batch: readonly Entry<Item, Answer>[]): Promise<void> {
    this.#underWay += 1;
    try {
      const answer = await this.#ask(
        batch.flatMap(({ items }) => items),
        Math.max(...batch.map(({ expiresAtMs }) => expiresAtMs)),
      );
      for (const { resolve } of batch) resolve(answer);
    } catch (error) {
      // One of them may be what the database does not take: the others are not to suffer for it.
      if (batch.length > 1 && isTheirs(error)) await this.#answerEach(batch);
      else for (const { reject } of batch) reject(copyOf(error));
    } finally {
      this.#underWay -= 1;
      if (this.#ready.length > 0) this.#flushSoon();
    }
  }

  async #answerEach(batch: readonly Entry<Item, Answer>[]): Promise<void> {
    for (const { items, expiresAtMs, resolve, reject } of batch) {
      await this.#ask(items, expiresAtMs).then(resolve, (error: unknown) => {
        reject(copyOf(error));
      });
    }
  }

  #expiry(): number {
    return performance.now() + this.#settings.totalTimeoutMs;
  }

  /** One timer for all: for the one that expires first. */
  #watch(): void {
    const [first] = this.#waiting;
    if (this.#timer !== undefined || first === undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        const now = performance.now();
        for (const { expiresAtMs, reject } of this.#waiting) {
          if (expiresAtMs + SLACK_MS > now) break;
          reject(new StoreError('timeout'));
        }
        this.#watch();
      },
      Math.max(1, first.expiresAtMs + SLACK_MS - performance.now()),
    );
  }
}

/** Whether an error may be due to what was asked, and to nothing else. */
function isTheirs(error: unknown): boolean {
  return !(error instanceof StoreError) || error.reason === 'unknown';
}
