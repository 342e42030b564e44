import { RequestError } from './request-error';

/** Share of the whole that one principal may hold. */
const SHARE = 1 / 2;

/** What one request holds of a {@link BodyBudget}. */
export interface BodyAccount {
  /** Takes more bytes. @throws RequestError 503 when there are not as many left, or the principal has its share */
  add(bytes: number): void;
  /** Gives all back but so many bytes, or takes as many. @throws RequestError 503 as {@link add} */
  resize(bytes: number): void;
  /** Gives all back. Calling it again does nothing. */
  release(): void;
}

/**
 * Bounds how many bytes of bodies and answers are in memory at a time, whoever sends and reads them. Bytes count as they arrive, not
 * as they are announced: whoever announces much and sends little takes nothing from the others.
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

  /** @param principal who holds it; without `auth` nobody is told from another, and all may hold the whole */
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
