import { principalKey, type Principal } from '../auth/principal';
import { RequestError } from './request-error';

/** Bounds how many requests of one principal are worked on at a time, so that none takes the server from the others. */
export class PrincipalSlots {
  readonly #limit: number;
  readonly #taken = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * @returns gives the slot back; call it once
   * @throws RequestError 429 when all slots of the principal are taken
   */
  take(principal: Principal): () => void {
    const key = principalKey(principal);
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
