import type { Clock } from '../base/clock';
import { onAbort, Deadline } from '../base/deadline';
import { DecryptionError, rethrowCopy, isWaxsealError } from '../base/errors';
import { KeyServiceError, type KeyServiceErrorReason } from '../base/key-service-error';
import {
  assertUnwrappable,
  type KeyEncryptionKey,
  type KeyId,
  type KeyRequestOptions,
  type WrappedKey,
} from '../key/key-encryption-key';
import { type KeyRequestInfo, type Telemetry, observeKeyRequest, notify } from '../key/telemetry';
import type { KeyGuardLimits } from './keyring-options';
import { CircuitBreaker, FailureBudget, RecentRefusals } from './request-guards';
import { RequestQueue, type RequestOrigin, type Turn } from './request-queue';

/** The additional authenticated data of every wrap and unwrap (docs/spec/envelope.md §3.4). */
export const WRAP_AAD: Uint8Array = Buffer.from('waxseal/v1/data-key', 'ascii');

/** What a payload's author cannot cause: `unknown` could be, and must not close a service to all. */
const IS_OUTAGE: ReadonlySet<KeyServiceErrorReason> = new Set(['throttled', 'unavailable', 'timeout']);

/**
 * Whether an unwrap ended so by the payload's doing: it was refused for what it asked, or what it gave opened
 * nothing.
 */
export function isFruitless(error: unknown): boolean {
  if (error instanceof KeyServiceError) return !IS_OUTAGE.has(error.reason);
  return error instanceof DecryptionError;
}

/** For whom a request is made, to the breaker; wraps are made for the process itself. */
function tenantOf(origin: RequestOrigin | undefined): string {
  return origin?.tenant ?? '';
}

/** What a guarded request takes. */
export interface GuardedRequestOptions {
  /** Ends the request early. */
  readonly signal?: AbortSignal;
  readonly telemetry?: Telemetry | undefined;
  /** Of what is no data key, so that none passes for it. {@link WRAP_AAD} where it is left out. */
  readonly aad?: Uint8Array | undefined;
}

/** An unwrap that waits for its turn or is under way. */
interface UnwrapRequest {
  readonly turn: Turn;
  /** As `KeyEncryptionKey.unwrap`; what is no error of Waxseal's comes as a `KeyServiceError`. */
  readonly result: Promise<Uint8Array>;
}

/**
 * A key of a keyring, behind a queue with fair shares, a circuit breaker and a memory of recent refusals. The
 * state is the keyring's: all codecs with the keyring share it.
 */
export class GuardedKey {
  static #made = 0;

  readonly key: KeyEncryptionKey;
  /** Tells this key of this keyring from all others of the process. */
  readonly name = `${String(++GuardedKey.#made)}:`;
  readonly limits: KeyGuardLimits;
  readonly #breaker: CircuitBreaker;
  readonly #refusals: RecentRefusals;
  readonly #budget: FailureBudget;
  readonly #queue: RequestQueue;
  readonly #listeners = new Set<Telemetry>();

  constructor(key: KeyEncryptionKey, limits: KeyGuardLimits, clock: Clock) {
    this.key = key;
    this.limits = limits;
    this.#breaker = new CircuitBreaker(limits.breaker, clock, (state) => {
      for (const telemetry of this.#listeners) notify(() => telemetry.breakerChanged?.(key.id, state));
    });
    this.#refusals = new RecentRefusals(limits.negativeCacheTtlMs, clock);
    this.#budget = new FailureBudget(clock);
    this.#queue = new RequestQueue(limits.queue, () =>
      this.notAsked(key.id, `${String(limits.queue.maxQueued)} requests to the key service wait already`),
    );
  }

  /**
   * Whether `keyId` names the key or a version of it.
   *
   * @param keyId untrusted: compared, never resolved
   */
  owns(keyId: KeyId): boolean {
    return keyId === this.key.id || this.key.owns?.(keyId) === true;
  }

  /** Whether the service answers this tenant, as far as is known. */
  isHealthyFor(tenant: string): boolean {
    return !this.#breaker.isClosedTo(tenant);
  }

  /**
   * The error of an unwrap that is not asked for, since its caller's payloads opened nothing too often; else
   * `undefined`.
   */
  refusalFor(origin: RequestOrigin, { keyId }: WrappedKey): KeyServiceError | undefined {
    if (this.#budget.allows(origin)) return undefined;
    return this.notAsked(keyId, 'too many payloads of this caller could not be unwrapped or opened');
  }

  /** Counts an unwrap whose data key opened nothing, as one that the service refused. */
  noteUnopened(origin: RequestOrigin): void {
    this.#budget.spend(origin);
  }

  /** The error of a request that is not made, to hold a limit of this process. */
  notAsked(keyId: string, because: string): KeyServiceError {
    return new KeyServiceError(keyId, 'throttled', { because: `The key service was not asked: ${because}.` });
  }

  /** As `KeyEncryptionKey.wrap`. What is no error of Waxseal's comes as a `KeyServiceError`. */
  wrap(dataKey: Uint8Array, options: GuardedRequestOptions): Promise<WrappedKey> {
    const named = options.aad && { keyId: this.key.id, bytes: options.aad };
    return this.#ask('wrap', named, undefined, this.#queue.wrap(), options, (request) =>
      this.key.wrap(dataKey, options.aad ?? WRAP_AAD, request),
    );
  }

  /**
   * Begins an unwrap, or queues for it.
   *
   * @param wrapped kept until it has ended
   */
  unwrap(wrapped: WrappedKey, origin: RequestOrigin, options: GuardedRequestOptions): UnwrapRequest {
    const { aad } = options;
    const named = aad ? { keyId: wrapped.keyId, bytes: Buffer.concat([aad, wrapped.bytes]) } : wrapped;
    const turn = this.#queue.unwrap(origin, wrapped.bytes.length + wrapped.keyId.length);
    const result = this.#ask('unwrap', named, origin, turn, options, async (request) => {
      assertUnwrappable(wrapped, this.owns(wrapped.keyId));
      return this.key.unwrap(wrapped, aad ?? WRAP_AAD, request);
    });
    return { turn, result };
  }

  async #ask<T>(
    operation: KeyRequestInfo['operation'],
    wrapped: WrappedKey | undefined,
    origin: RequestOrigin | undefined,
    turn: Turn,
    { signal, telemetry }: GuardedRequestOptions,
    ask: (options: KeyRequestOptions) => Promise<T>,
  ): Promise<T> {
    const { id, provider = 'unknown' } = this.key;
    const info: KeyRequestInfo = { operation, keyId: id, provider };
    if (telemetry !== undefined) this.#listeners.add(telemetry);
    try {
      const refusal = this.#refusals.find(wrapped);
      if (refusal !== undefined) {
        notify(() => telemetry?.keyRequestSkipped?.(info, 'negative-cache'));
        throw new KeyServiceError(refusal.keyId, refusal.reason, refusal);
      }
      await begun(turn, signal);
      if (origin !== undefined && wrapped !== undefined) {
        // Those before it in the queue may have used up what was left.
        const spent = this.refusalFor(origin, wrapped);
        if (spent !== undefined) throw spent;
      }
      if (!this.#breaker.pass(tenantOf(origin))) {
        notify(() => telemetry?.keyRequestSkipped?.(info, 'breaker'));
        const cause = new Error('Not asked: the last requests failed; the next attempt is due in a while.');
        throw new KeyServiceError(wrapped?.keyId ?? id, 'unavailable', { cause });
      }
      return await this.#observed(info, telemetry, signal, wrapped, origin, () =>
        asKeyServiceError(id, () => this.#withinDeadline(signal, ask)),
      );
    } finally {
      turn.end();
    }
  }

  /** A provider that does not end its requests must not keep their places in the queue. */
  async #withinDeadline<T>(
    parent: AbortSignal | undefined,
    ask: (options: KeyRequestOptions) => Promise<T>,
  ): Promise<T> {
    const { request: limits } = this.limits;
    const deadline = new Deadline(limits.totalTimeoutMs, parent);
    try {
      return await deadline.within(ask({ signal: deadline.signal, limits }));
    } catch (cause) {
      if (deadline.isPast) throw new KeyServiceError(this.key.id, 'timeout', { cause });
      throw cause;
    } finally {
      deadline.end();
    }
  }

  async #observed<T>(
    info: KeyRequestInfo,
    telemetry: Telemetry | undefined,
    signal: AbortSignal | undefined,
    wrapped: WrappedKey | undefined,
    origin: RequestOrigin | undefined,
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
        this.#breaker.failed(tenantOf(origin));
      } else if (error.retryable) {
        this.#breaker.abandoned();
      } else {
        this.#breaker.answered();
        this.#refusals.add(wrapped, error);
      }
      if (origin !== undefined && isFruitless(error)) this.#budget.spend(origin);
      // A provider may reject with one error again and again.
      return rethrowCopy(error);
    }
  }
}

/** Waits for a turn. */
async function begun(turn: Turn, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return turn.begun;
  const unlink = onAbort(signal, () => {
    turn.cancel(signal.reason as Error);
  });
  try {
    await turn.begun;
    signal.throwIfAborted();
  } finally {
    unlink();
  }
}

/**
 * Asks a provider, and makes a `KeyServiceError` of what it rejects with where it breaks its contract and
 * rejects with something else. The original is the `cause`.
 *
 * @throws KeyServiceError, or another error of Waxseal's as it is
 */
async function asKeyServiceError<T>(keyId: KeyId, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (cause) {
    if (isWaxsealError(cause)) throw cause;
    throw new KeyServiceError(keyId, 'unknown', { cause });
  }
}
