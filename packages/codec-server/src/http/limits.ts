import type { Principal } from '../authorization/principal';
import { RequestError } from '../request-error';

/** Share of the whole that one principal may hold. */
const SHARE = 1 / 2;

/** What one request holds of a {@link BodyBudget}. */
export interface BodyAccount {
  /**
   * Takes more bytes. @throws RequestError 503 when there are not as many left, or the principal has its
   * share
   */
  add(bytes: number): void;
  /** Gives all back but so many bytes, or takes as many. @throws RequestError 503 as {@link add} */
  resize(bytes: number): void;
  /** Gives all back. Calling it again does nothing. */
  release(): void;
}

/**
 * Bounds how many bytes of bodies and answers are in memory at a time, for all clients together. Bytes count
 * as they arrive, not as they are announced: a client that announces much and sends little takes nothing from
 * the others.
 */
export class BodyBudget {
  #left: number;
  readonly #share: number;
  readonly #held = new Map<string, number>();

  /** @param bytes the whole */
  constructor(bytes: number) {
    this.#left = bytes;
    this.#share = bytes * SHARE;
  }

  /**
   * @param principal who holds it; without `auth` clients cannot be told apart, and all may hold the whole
   */
  open(principal: string | undefined): BodyAccount {
    let held = 0;
    const change = (bytes: number): void => {
      if (bytes > 0) this.#assertRoom(principal, bytes);
      held += bytes;
      this.#left -= bytes;
      if (principal === undefined) return;
      const all = (this.#held.get(principal) ?? 0) + bytes;
      if (all === 0) this.#held.delete(principal);
      else this.#held.set(principal, all);
    };
    return {
      add: change,
      resize: (bytes) => {
        change(bytes - held);
      },
      release: () => {
        change(-held);
      },
    };
  }

  #assertRoom(principal: string | undefined, bytes: number): void {
    const own = principal === undefined ? 0 : (this.#held.get(principal) ?? 0);
    if (bytes <= this.#left && (principal === undefined || own + bytes <= this.#share)) return;
    throw new RequestError(503, 'OVERLOADED', 'This Codec Server has too much to do at present. Try again.', {
      retryAfterSeconds: 1,
    });
  }
}

/** What tells a principal from all others; empty for one that is not known. */
export function principalKey(principal: Principal | undefined): string {
  return principal === undefined ? '' : JSON.stringify([principal.issuer, principal.id]);
}

/**
 * Bounds how many requests of one principal are worked on at a time, so that none takes the server from the
 * others.
 */
export class PrincipalSlots {
  readonly #limit: number;
  readonly #taken = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * @param key of the principal, as {@link principalKey} gives it
   * @returns gives the slot back; call it once
   * @throws RequestError 429 when all slots of the principal are taken
   */
  take(key: string): () => void {
    const taken = this.#taken.get(key) ?? 0;
    if (taken >= this.#limit) {
      throw new RequestError(
        429,
        'TOO_MANY_REQUESTS',
        'Too many of your requests are being answered at once. Try again.',
        {
          retryAfterSeconds: 1,
        },
      );
    }
    this.#taken.set(key, taken + 1);
    return () => {
      const left = (this.#taken.get(key) ?? 1) - 1;
      if (left === 0) this.#taken.delete(key);
      else this.#taken.set(key, left);
    };
  }
}

/**
 * The time that the answer to one request may take. Its signal is made when somebody asks for it: most
 * requests are answered from memory, and nobody does.
 */
export class RequestDeadline {
  readonly #timer: NodeJS.Timeout;
  #controller: AbortController | undefined;
  #reason: RequestError | undefined;
  #isOver = false;
  #reject: ((reason: RequestError) => void) | undefined;

  /** @param ms longest time, in milliseconds; at most 2 ** 31 - 1 */
  constructor(ms: number) {
    // An ordinary timer, which a garbage collection cannot take (nodejs/node#57736).
    this.#timer = setTimeout(() => {
      this.abort(tooLate);
    }, ms);
  }

  /** Is aborted when the time has passed, or the client has gone. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** @throws the reason of the signal, once it is aborted */
  throwIfAborted(): void {
    if (this.#reason !== undefined) throw this.#reason;
  }

  /**
   * Ends the work early; does nothing once it has ended.
   *
   * @param makeReason makes the reason of the signal
   */
  abort(makeReason: () => RequestError): void {
    if (this.#isOver) return;
    const reason = makeReason();
    this.#isOver = true;
    this.#reason = reason;
    clearTimeout(this.#timer);
    this.#controller?.abort(reason);
    this.#reject?.(reason);
  }

  /**
   * Settles as `work` does, or rejects with the reason of the signal as soon as that is aborted: also where
   * `work` ignores it. What it does after that is not waited for.
   */
  within<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      if (this.#reason !== undefined) reject(this.#reason);
      work.then(
        (value) => {
          this.#end();
          resolve(value);
        },
        (error: unknown) => {
          this.#end();
          {
            const reason: Error = this.#reason ?? (error as Error);
            reject(reason);
          }
        },
      );
    });
  }

  #end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }
}

/**
 * Gives work a limited time. What becomes of it later is not waited for: the request has its answer.
 *
 * @param onGone calls back when the connection has ended; undefined where that cannot be found out
 * @param work gets what ends it at the deadline, or when the client has gone
 * @throws RequestError 504 at the deadline, or 408 when the client has gone, which is also the signal's
 *   reason; what the work throws before
 */
export function withinDeadline<T>(
  ms: number,
  onGone: ((callback: () => void) => void) | undefined,
  work: (deadline: RequestDeadline) => Promise<T>,
): Promise<T> {
  const deadline = new RequestDeadline(ms);
  onGone?.(() => {
    deadline.abort(clientGone);
  });
  return deadline.within(work(deadline));
}

function tooLate(): RequestError {
  return new RequestError(504, 'DEADLINE_EXCEEDED', 'The answer took too long. Try again.');
}

function clientGone(): RequestError {
  return new RequestError(408, 'CLIENT_GONE', 'The connection ended before the answer.');
}
