import type { Clock } from '../durations/clock';
import { KeyServiceError, type KeyServiceErrorReason } from '../errors/key-service-error';
import { throwFresh } from '../errors/throw-fresh';
import type { KeyEncryptionKey } from '../key-encryption-key/key-encryption-key';
import type { KeyRequestOptions } from '../key-encryption-key/key-request-options';
import type { WrappedKey } from '../key-encryption-key/wrapped-key';
import type { KeyRequestInfo } from '../telemetry/key-request-info';
import type { Telemetry } from '../telemetry/telemetry';
import { observeKeyRequest } from '../telemetry/observe-key-request';
import { tell } from '../telemetry/tell';
import { asKeyServiceError } from './as-key-service-error';
import { CircuitBreaker } from './circuit-breaker';
import { ConcurrencyLimit } from './concurrency-limit';
import type { KeyGuardLimits } from './key-guard-limits';
import { RecentRefusals } from './recent-refusals';
import { WRAP_AAD } from './wrap-aad';

/** What a payload's author cannot cause: `unknown` could be, and must not close a service to all. */
const IS_OUTAGE: ReadonlySet<KeyServiceErrorReason> = new Set(['throttled', 'unavailable', 'timeout']);

/** What a guarded request takes. */
export interface GuardedRequestOptions {
  /** Ends the request early. */
  readonly signal?: AbortSignal;
  readonly telemetry?: Telemetry | undefined;
}

/**
 * A key of a keyring, behind a circuit breaker, a memory of recent refusals and a limit on concurrent requests. The state is
 * the keyring's: all codecs with the keyring share it.
 */
export class GuardedKey {
  readonly key: KeyEncryptionKey;
  readonly #limits: KeyGuardLimits;
  readonly #breaker: CircuitBreaker;
  readonly #refusals: RecentRefusals;
  readonly #turns: ConcurrencyLimit;
  readonly #listeners = new Set<Telemetry>();

  constructor(key: KeyEncryptionKey, limits: KeyGuardLimits, clock: Clock) {
    this.key = key;
    this.#limits = limits;
    this.#breaker = new CircuitBreaker(limits.breaker, clock, (state) => {
      for (const telemetry of this.#listeners) tell(() => telemetry.breakerChanged?.(key.id, state));
    });
    this.#refusals = new RecentRefusals(limits.refusalsForMs, clock);
    this.#turns = new ConcurrencyLimit(limits.maxConcurrent);
  }

  /** Whether the service answers, as far as is known. */
  get isHealthy(): boolean {
    return this.#breaker.state === 'closed';
  }

  /** As `KeyEncryptionKey.wrap`. What is no error of Waxseal's comes as a `KeyServiceError`. */
  wrap(dataKey: Uint8Array, options: GuardedRequestOptions): Promise<WrappedKey> {
    return this.#ask('wrap', undefined, options, (request) => this.key.wrap(dataKey, WRAP_AAD, request));
  }

  /** As `KeyEncryptionKey.unwrap`. What is no error of Waxseal's comes as a `KeyServiceError`. */
  unwrap(wrapped: WrappedKey, options: GuardedRequestOptions): Promise<Uint8Array> {
    return this.#ask('unwrap', wrapped, options, (request) => this.key.unwrap(wrapped, WRAP_AAD, request));
  }

  async #ask<T>(
    operation: KeyRequestInfo['operation'],
    wrapped: WrappedKey | undefined,
    { signal, telemetry }: GuardedRequestOptions,
    ask: (options: KeyRequestOptions) => Promise<T>,
  ): Promise<T> {
    const { id, provider = 'unknown' } = this.key;
    const info: KeyRequestInfo = { operation, keyId: id, provider };
    if (telemetry !== undefined) this.#listeners.add(telemetry);
    const refusal = this.#refusals.find(wrapped);
    if (refusal !== undefined) {
      tell(() => telemetry?.keyRequestSpared?.(info, 'negative-cache'));
      throw new KeyServiceError(refusal.keyId, refusal.reason, { cause: refusal.cause });
    }
    const leave = await this.#turns.enter(signal);
    try {
      if (!this.#breaker.pass()) {
        tell(() => telemetry?.keyRequestSpared?.(info, 'breaker'));
        const cause = new Error(
          'Not asked: the last requests failed, and the next attempt is due in a while.',
        );
        throw new KeyServiceError(wrapped?.keyId ?? id, 'unavailable', { cause });
      }
      return await this.#observed(info, telemetry, signal, wrapped, () =>
        asKeyServiceError(id, () =>
          ask({ ...(signal === undefined ? {} : { signal }), limits: this.#limits.request }),
        ),
      );
    } finally {
      leave();
    }
  }

  async #observed<T>(
    info: KeyRequestInfo,
    telemetry: Telemetry | undefined,
    signal: AbortSignal | undefined,
    wrapped: WrappedKey | undefined,
    ask: () => Promise<T>,
  ): Promise<T> {
    try {
      const answer = await observeKeyRequest(telemetry, info, ask);
      this.#breaker.answered();
      return answer;
    } catch (error) {
      if (signal?.aborted === true || !(error instanceof KeyServiceError)) {
        this.#breaker.abandoned();
      } else if (IS_OUTAGE.has(error.reason)) {
        this.#breaker.failed();
      } else if (error.retryable) {
        this.#breaker.abandoned();
      } else {
        this.#breaker.answered();
        this.#refusals.add(wrapped, error);
      }
      // A provider may reject with one error again and again.
      return throwFresh(error);
    }
  }
}
