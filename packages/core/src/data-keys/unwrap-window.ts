import { onAbort, type Deadline } from '../base/deadline';
import { isFruitless, type GuardedKey } from '../keyring/guarded-key';

/** Unwraps of one call that are asked for before the first has opened a payload. */
export const FIRST_UNWRAPS = 16;

/** What a call gets that wants to unwrap one more data key. */
type Place = 'free' | 'taken away' | 'late';

/**
 * How many unwraps one call has under way: few at first, and with each that opens a payload one more, up to a
 * limit. What opens nothing takes its place away for good. So a call whose payloads are all made up costs
 * {@link FIRST_UNWRAPS} requests, however many payloads it has; and one whose payloads are sound is soon as
 * fast as the key service.
 */
class UnwrapWindow {
  readonly #most: number;
  #free: number;
  #underWay = 0;
  readonly #waiting = new Set<(isFree: boolean) => void>();

  /** @param most unwraps under way at once */
  constructor(most: number) {
    this.#most = most;
    this.#free = Math.min(FIRST_UNWRAPS, most);
  }

  /**
   * Does what unwraps a data key, in a place that is waited for. Past the deadline it is done without one.
   *
   * @param refusal the error where no place is left
   * @throws the reason of the deadline's signal, when that is aborted before its time; what `work` throws
   */
  async within<T>(deadline: Deadline, refusal: () => Error, work: () => Promise<T>): Promise<T> {
    // Without waiting where it need not: callers that come together find what is under way.
    const entered = this.#enter(deadline);
    const place = entered instanceof Promise ? await entered : entered;
    if (place === 'taken away') throw refusal();
    let isFruitful: boolean | undefined;
    try {
      const result = await work();
      isFruitful = true;
      return result;
    } catch (error) {
      if (isFruitless(error)) isFruitful = false;
      throw error;
    } finally {
      if (place === 'free') this.#leave(isFruitful);
    }
  }

  /**
   * @returns at once, where that can be said; `'free'` for a place that is to be given back; `'taken away'`
   *   where no place is left; `'late'` where the deadline has passed before there was one
   * @throws the reason of the deadline's signal, when that is aborted before its time
   */
  #enter(deadline: Deadline): Place | Promise<Place> {
    const { signal } = deadline;
    if (!deadline.isPast) signal.throwIfAborted();
    if (deadline.isPast) return 'late';
    if (this.#free > 0) return this.#take();
    if (this.#underWay === 0) return 'taken away';
    return new Promise((resolve, reject) => {
      const decide = (isFree: boolean): void => {
        unlink();
        resolve(isFree ? this.#take() : 'taken away');
      };
      const unlink = onAbort(signal, () => {
        this.#waiting.delete(decide);
        if (deadline.isPast) resolve('late');
        else reject(signal.reason as Error);
      });
      this.#waiting.add(decide);
    });
  }

  /**
   * Gives a place back.
   *
   * @param isFruitful whether payloads were opened; `undefined` where that is not the payloads' doing, as in
   *   an outage
   */
  #leave(isFruitful: boolean | undefined): void {
    this.#underWay -= 1;
    if (isFruitful === true) this.#free += 2;
    else if (isFruitful === undefined) this.#free += 1;
    this.#free = Math.min(this.#free, this.#most - this.#underWay);
    for (const decide of this.#waiting) {
      if (this.#free === 0 && this.#underWay > 0) return;
      this.#waiting.delete(decide);
      decide(this.#free > 0);
    }
  }

  #take(): 'free' {
    this.#free -= 1;
    this.#underWay += 1;
    return 'free';
  }
}

/**
 * The windows of each request, one for each key: calls that share a request share what may be asked for it.
 */
export type UnwrapWindows = WeakMap<object, Map<GuardedKey, UnwrapWindow>>;

/** @param most unwraps under way at once */
export function windowOf(all: UnwrapWindows, request: object, kek: GuardedKey, most: number): UnwrapWindow {
  let windows = all.get(request);
  if (windows === undefined) {
    windows = new Map();
    all.set(request, windows);
  }
  let window = windows.get(kek);
  if (window === undefined) {
    window = new UnwrapWindow(most);
    windows.set(kek, window);
  }
  return window;
}
