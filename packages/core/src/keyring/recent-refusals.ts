import { createHash } from 'node:crypto';

import { LRUCache } from 'lru-cache';

import type { Clock } from '../durations/clock';
import type { KeyServiceError } from '../errors/key-service-error';
import type { WrappedKey } from '../key-encryption-key/wrapped-key';

/** Refusals that are remembered at most. */
const MAX_REFUSALS = 1000;

/**
 * What a service refused moments ago, so that it is not asked the same again. Only what waiting does not change is kept:
 * `denied`, `not-found`, `disabled`, `rejected-ciphertext`; and for a short while, since an operator may change it.
 */
export class RecentRefusals {
  readonly #cache: LRUCache<string, KeyServiceError>;

  constructor(ttlMs: number, clock: Clock) {
    this.#cache = new LRUCache({
      maxSize: MAX_REFUSALS,
      sizeCalculation: () => 1,
      ttl: ttlMs,
      ttlResolution: 0,
      perf: clock,
    });
  }

  /** @param wrapped `undefined` for a wrap */
  find(wrapped: WrappedKey | undefined): KeyServiceError | undefined {
    return this.#cache.get(identityOf(wrapped));
  }

  /** @param error one that waiting does not change */
  add(wrapped: WrappedKey | undefined, error: KeyServiceError): void {
    this.#cache.set(identityOf(wrapped), error);
  }
}

function identityOf(wrapped: WrappedKey | undefined): string {
  if (wrapped === undefined) return '';
  const hash = createHash('sha256').update(`${String(wrapped.keyId.length)}:${wrapped.keyId}`);
  return hash.update(wrapped.bytes).digest('base64');
}
