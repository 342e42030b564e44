import { Deadline } from '../base/deadline';
import { KeyServiceError } from '../base/key-service-error';
import { rethrowCopy } from '../base/errors';
import type { Keyring } from '../keyring/keyring';
import type { Clock } from '../base/clock';
import type { DataKey } from './data-key';
import { type DataKeyState, type Telemetry, notify } from '../key/telemetry';
import type { DataKeyLimits } from './data-key-options';
import { DataKeySource, type DataKeySourceParts } from './data-key-source';

/**
 * The data key that encrypts now, and its replacement ahead of time: the next key is there first and swapped
 * in after, so that encoding waits for no service once there is a key. At most one is asked for at a time.
 */
export class EncodingKeys {
  readonly #keyring: Keyring;
  readonly #limits: DataKeyLimits;
  readonly #clock: Clock;
  readonly #telemetry: Telemetry | undefined;
  readonly #source: DataKeySource;
  readonly #closed: AbortSignal;
  #current: DataKey | undefined;
  #refreshAtMs = 0;
  #retryAtMs = 0;
  #pending: Promise<DataKey> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isRetired = false;

  /**
   * @param closed ends what is under way
   * @param onCreated called with each data key that was made here, before it is used
   * @param sharing where data keys are shared
   */
  constructor(
    keyring: Keyring,
    limits: DataKeyLimits,
    clock: Clock,
    telemetry: Telemetry | undefined,
    closed: AbortSignal,
    onCreated: (dataKey: DataKey) => void,
    sharing?: DataKeySourceParts['sharing'],
  ) {
    this.#closed = closed;
    this.#keyring = keyring;
    const most = keyring.keepDataKeysMs ?? Infinity;
    this.#limits = {
      ...limits,
      maxAgeMs: Math.min(limits.maxAgeMs, most),
      maxStaleAgeMs: Math.min(limits.maxStaleAgeMs, most),
    };
    this.#clock = clock;
    this.#telemetry = telemetry;
    this.#source = new DataKeySource({
      keyring,
      limits: this.#limits,
      clock,
      telemetry,
      closed,
      onCreated,
      // What another process has unwrapped of a key that can be removed would outlive it.
      sharing: most === Infinity ? sharing : undefined,
    });
  }

  /**
   * A data key for one payload of `bytes` bytes of plaintext, counted already. At once, where a usable key is
   * there.
   *
   * @throws KeyServiceError and ConfigurationError, when there is no usable key and none can be wrapped, or
   *   wrapping took longer than a key may be used
   */
  acquire(bytes: number): DataKey | Promise<DataKey> {
    if (this.#isStrict) return this.#createFor(bytes);
    const current = this.#current;
    const now = this.#clock.now();
    if (current === undefined || !this.#accepts(current, bytes, now)) return this.#acquireNext(bytes);
    current.count(bytes);
    this.#tellStale(current, now);
    if (this.#isDueForRefresh(current, now)) this.#refreshInBackground();
    return current;
  }

  /**
   * Makes sure that there is a data key; in strict mode (`maxMessages: 1`), that one can be made.
   *
   * @throws KeyServiceError and ConfigurationError, when none can be wrapped
   */
  async warmUp(): Promise<void> {
    if (this.#isStrict) await this.#source.create();
    else if (this.#current === undefined || !this.#accepts(this.#current, 0))
      await this.#refresh(0).catch(rethrowCopy);
  }

  /** Drops the key and makes no other for later. What is under way comes to its end. */
  retire(): void {
    this.#isRetired = true;
    clearTimeout(this.#timer);
    this.#current = undefined;
  }

  /** The data key that encrypts now, for an observer; `undefined` where there is none. */
  get state(): DataKeyState | undefined {
    // Keys that can be removed are too many to be told apart by an observer.
    if (this.#current === undefined || this.#isShortLived) return undefined;
    const { keyId, createdAtMs, messages, bytes, isShared } = this.#current;
    return { keyId, ageMs: this.#clock.now() - createdAtMs, messages, bytes, isShared };
  }

  #tellStale({ keyId, createdAtMs }: DataKey, now: number): void {
    if (this.#telemetry?.staleDataKeyUsed === undefined) return;
    const ageMs = now - createdAtMs;
    if (ageMs >= this.#limits.maxAgeMs) notify(() => this.#telemetry?.staleDataKeyUsed?.(keyId, ageMs));
  }

  /** Drops the key where it is too old to be used. */
  sweep(): void {
    if (this.#current !== undefined && this.#isTooOld(this.#current)) this.#current = undefined;
  }

  get #isShortLived(): boolean {
    return this.#keyring.keepDataKeysMs !== undefined;
  }

  get #isStrict(): boolean {
    return this.#limits.maxMessages === 1;
  }

  async #acquireNext(bytes: number): Promise<DataKey> {
    const deadline = new Deadline(this.#keyring.guard.request.totalTimeoutMs, this.#closed);
    try {
      return await deadline.within(this.#nextUsable(bytes, deadline.signal));
    } catch (error) {
      if (deadline.isPast) throw new KeyServiceError(this.#keyring.primaryKeyId ?? '', 'timeout');
      throw error;
    } finally {
      deadline.end();
    }
  }

  async #nextUsable(bytes: number, signal: AbortSignal): Promise<DataKey> {
    for (;;) {
      signal.throwIfAborted();
      const next = await this.#refresh(bytes).catch(rethrowCopy);
      signal.throwIfAborted();
      if (this.#isTooOld(next)) throw new KeyServiceError(next.keyId, 'timeout');
      // A herd that waited for one key can use it up before its last member comes to it, and there may be
      // another by then.
      const usable = [next, this.#current].find((key) => key !== undefined && this.#accepts(key, bytes));
      if (usable !== undefined) {
        usable.count(bytes);
        return usable;
      }
    }
  }

  /** @param bytes of a payload that waits; 0 where none does */
  #refresh(bytes: number): Promise<DataKey> {
    const current = this.#current;
    this.#pending ??= this.#source
      .next(current, bytes)
      .then(({ dataKey, refreshInMs }) => {
        this.#closed.throwIfAborted();
        if (this.#isRetired) return dataKey;
        this.#current = dataKey;
        this.#refreshAtMs = this.#clock.now() + refreshInMs;
        // What serves on although it is nearly used up must not be asked about for each payload.
        if (dataKey === current && dataKey.isNearlyUsedUp) this.#retryAtMs = this.#refreshAtMs;
        this.#scheduleRefresh(refreshInMs);
        return dataKey;
      })
      .finally(() => {
        this.#pending = undefined;
      });
    return this.#pending;
  }

  #refreshInBackground(): void {
    if (this.#pending !== undefined || this.#closed.aborted) return;
    this.#refresh(0).catch(() => {
      // The current key serves on, up to its hard limits; an encode past them reports the error.
      const delayMs = this.#source.retryDelayMs();
      this.#retryAtMs = this.#clock.now() + delayMs;
      this.#scheduleRefresh(delayMs);
    });
  }

  #scheduleRefresh(delayMs: number): void {
    clearTimeout(this.#timer);
    // Keys that can be removed are many, and each is in use for a while: nothing is made ahead for idle ones.
    if (this.#isRetired || this.#closed.aborted || this.#isShortLived) return;
    this.#timer = setTimeout(() => {
      this.#refreshInBackground();
    }, delayMs);
    this.#timer.unref();
  }

  async #createFor(bytes: number): Promise<DataKey> {
    const dataKey = await this.#source.create();
    dataKey.count(bytes);
    return dataKey;
  }

  #accepts(dataKey: DataKey, bytes: number, now = this.#clock.now()): boolean {
    return !this.#isTooOld(dataKey, now) && dataKey.hasRoomFor(bytes);
  }

  #isTooOld(dataKey: DataKey, now = this.#clock.now()): boolean {
    return now - dataKey.createdAtMs >= this.#limits.maxStaleAgeMs;
  }

  #isDueForRefresh(dataKey: DataKey, now: number): boolean {
    return now >= this.#retryAtMs && (now >= this.#refreshAtMs || dataKey.isNearlyUsedUp);
  }
}
