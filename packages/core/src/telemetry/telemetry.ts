import type { KeyId } from '../key-encryption-key/key-id';
import type { BreakerState } from './breaker-state';
import type { DataKeyState } from './data-key-state';
import type { KeyRequestInfo } from './key-request-info';

/**
 * What a codec tells of itself, for metrics and traces. Every method is optional and must be quick; what one throws is
 * ignored. Nothing that is told is secret: key IDs, counts, times and reasons, and never a payload.
 *
 * `@waxseal/opentelemetry` implements it.
 */
export interface Telemetry {
  /**
   * Goes around each wrap and unwrap that a key service is asked for, its retries included.
   *
   * @param request what is asked
   * @param ask asks; must be called exactly once. It resolves when the service has answered, and gives nothing: the answer to an
   *   unwrap is a data key. It rejects as the request does.
   * @returns settles when the observer is done
   */
  keyRequest?(request: KeyRequestInfo, ask: () => Promise<void>): Promise<void>;

  /** A request was refused here, without asking: the breaker is open, or the same refusal was given moments ago. */
  keyRequestSpared?(request: KeyRequestInfo, because: 'breaker' | 'negative-cache'): void;

  /** A payload was decoded whose data key was in memory (`true`) or had to be unwrapped (`false`). */
  dataKeyLookup?(isHit: boolean): void;

  /** A payload was encrypted under a data key that is older than `maxAge`, since no replacement could be wrapped. */
  staleDataKeyUsed?(keyId: KeyId, ageMs: number): void;

  /** The circuit breaker of a key changed its state. */
  breakerChanged?(keyId: KeyId, state: BreakerState): void;

  /** A part of a failure could not be encrypted, and was replaced by a constant text. */
  failureRedacted?(part: 'attributes' | 'details'): void;

  /**
   * A codec begins to encrypt. Whoever observes calls `states` when a value is wanted.
   *
   * @param states the data keys that encrypt now, one for each keyring in use
   * @returns called when the codec is closed
   */
  observeDataKeys?(states: () => readonly DataKeyState[]): () => void;
}
