/**
 * A time by which something must have ended, and the signal that says when it has come. Its timer is an
 * ordinary one: it keeps the process alive, and a garbage collection cannot take it. Both are not so for
 * `AbortSignal.timeout`, the second within `AbortSignal.any` on Node.js 20 (nodejs/node#57736).
 */
export class Deadline {
  /**
   * Is aborted when the time has passed (with a `TimeoutError`) or the parent is aborted (with its reason).
   */
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #rejects = new Set<(reason: unknown) => void>();
  readonly #timer: NodeJS.Timeout;
  readonly #unlink: (() => void) | undefined;
  #isPast = false;

  /**
   * Starts it.
   *
   * @param ms longest time, in milliseconds; at most 2 ** 31 - 1
   * @param parent ends it early
   * @param late makes the reason of the signal when the time has passed; else it is a `TimeoutError`
   */
  constructor(ms: number, parent?: AbortSignal, late: () => Error = () => timeout(ms)) {
    this.signal = this.#controller.signal;
    this.#timer = setTimeout(() => {
      this.#isPast = !this.signal.aborted;
      this.abort(late());
    }, ms);
    this.#unlink =
      parent &&
      onAbort(parent, () => {
        this.abort(parent.reason);
      });
  }

  /** Whether the time has passed; `false` where the parent was aborted first. */
  get isPast(): boolean {
    return this.#isPast;
  }

  /** Ends it early, for instance since an answer is no longer needed. */
  abort(reason: unknown): void {
    clearTimeout(this.#timer);
    this.#controller.abort(reason);
    for (const reject of this.#rejects) reject(this.signal.reason);
  }

  /**
   * Settles as `work` does, or rejects with the signal's reason as soon as that is aborted: also where `work`
   * ignores the signal. What it does after that is not waited for.
   */
  within<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    return new Promise((resolve, reject) => {
      if (signal.aborted) reject(signal.reason as Error);
      else this.#rejects.add(reject);
      work.then(
        (value) => {
          this.#rejects.delete(reject);
          resolve(value);
        },
        (error: unknown) => {
          this.#rejects.delete(reject);
          reject((signal.aborted ? signal.reason : error) as Error);
        },
      );
    });
  }

  /** Stops the timer and unlinks the parent. To be called once the work has ended, however it did. */
  end(): void {
    clearTimeout(this.#timer);
    this.#unlink?.();
  }
}

function timeout(ms: number): DOMException {
  return new DOMException(`No end within ${String(ms)} ms.`, 'TimeoutError');
}

/**
 * Runs `work` until it settles, `ms` have passed or `parent` is aborted, whichever comes first: also where
 * `work` does not look at its signal. What it does after that is not waited for.
 *
 * @param ms longest time, in milliseconds
 * @param parent ends it early
 * @param work gets a signal that is aborted when it is no longer waited for
 * @param late makes what is thrown when the time has passed; a `TimeoutError` where it is left out
 * @throws the parent's reason when that is aborted; what `late` makes; what the work throws
 */
export async function withDeadline<T>(
  ms: number,
  parent: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
  late?: () => Error,
): Promise<T> {
  parent?.throwIfAborted();
  const deadline = new Deadline(ms, parent, late);
  try {
    return await deadline.within(work(deadline.signal));
  } finally {
    deadline.end();
  }
}

/** Part of its time after which an attempt says what it still waits for. */
const NEARLY_OVER = 0.9;

/**
 * Runs one attempt of a request, as {@link withDeadline} does, and ends it shortly before its time where
 * something is then still missing that it needs first, such as credentials: once its time has passed, it can
 * no longer say so.
 *
 * @param ms longest time, in milliseconds
 * @param parent ends it early
 * @param missing what to throw, where the attempt still waits for something; else `undefined`
 * @param work gets a signal that is aborted when it is no longer waited for
 * @throws what `missing` gives; and as {@link withDeadline}
 */
export async function withEarlyEnd<T>(
  ms: number,
  parent: AbortSignal,
  missing: () => Error | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new Deadline(ms, parent);
  const timer = setTimeout(() => {
    const error = missing();
    if (error !== undefined) deadline.abort(error);
  }, ms * NEARLY_OVER);
  try {
    return await deadline.within(work(deadline.signal));
  } finally {
    clearTimeout(timer);
    deadline.end();
  }
}

/**
 * Settles as `work` does, or rejects with the signal's reason as soon as it is aborted: also where `work`
 * ignores the signal. What `work` does after that is not waited for.
 */
export function endOnAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const unlink = onAbort(signal, () => {
      reject(signal.reason as Error);
    });
    work.then(
      (value) => {
        unlink();
        resolve(value);
      },
      (error: unknown) => {
        unlink();
        reject((signal.aborted ? signal.reason : error) as Error);
      },
    );
  });
}

/** What waits for each signal. */
const waiting = new WeakMap<
  AbortSignal,
  { readonly callbacks: Set<() => void>; readonly listener: () => void }
>();

/**
 * Calls `callback` once when the signal is aborted; at once when it is aborted already.
 *
 * However many wait for one signal, it has one listener: to add to or take from a signal's own list costs
 * time in proportion to its length, so that a thousand waiters would cost a million steps.
 *
 * @returns takes the callback back; calling it again does nothing
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  if (signal.aborted) {
    callback();
    return () => undefined;
  }
  const entry = waiting.get(signal) ?? listenTo(signal);
  // One function may wait twice.
  const own = (): void => {
    callback();
  };
  entry.callbacks.add(own);
  return () => {
    if (entry.callbacks.delete(own) && entry.callbacks.size === 0 && waiting.get(signal) === entry) {
      waiting.delete(signal);
      signal.removeEventListener('abort', entry.listener);
    }
  };
}

function listenTo(signal: AbortSignal): { callbacks: Set<() => void>; listener: () => void } {
  const callbacks = new Set<() => void>();
  const listener = (): void => {
    waiting.delete(signal);
    // What is taken back meanwhile is not called: an iteration over a set passes over what was deleted.
    for (const callback of callbacks) callback();
    callbacks.clear();
  };
  const entry = { callbacks, listener };
  waiting.set(signal, entry);
  signal.addEventListener('abort', listener, { once: true });
  return entry;
}
