import { LRUCache } from 'lru-cache';
import type { Clock } from '../base/clock';
import { endOnAbort } from '../base/deadline';
import { CodecClosedError, warn } from '../base/errors';
import { KeyServiceError } from '../base/key-service-error';
import type { WrappedKey } from '../key/key-encryption-key';
import type { Keyring } from '../keyring/keyring';
import type { RequestOrigin } from '../keyring/request-queue';
import type { DataKeyState, Telemetry } from '../key/telemetry';
import { createWrappedSecret } from './data-key';
import type { DataKeyExchange, DataKeyLimits } from './data-key-options';
import { DecodingKeys } from './decoding-keys';
import { EncodingKeys } from './encoding-keys';

/** The data keys of one keyring: the one that encrypts, and those that decrypt. */
export interface DataKeys {
  readonly encoding: EncodingKeys;
  readonly decoding: DecodingKeys;
}

/** Who asks where no payload is behind it. */
const REHEARSAL: RequestOrigin = { tenant: 'rehearsal', caller: '' };

/** How often data keys that have expired are dropped, at the least and at the most. */
const SWEEP_MS = { least: 1_000, most: 60_000 };

/**
 * The data keys of each keyring that is in use, bounded in number together. Keyrings share nothing: a data
 * key that one of them unwrapped is not used for another, even where both name the same key.
 */
export class DataKeysByKeyring {
  readonly #limits: DataKeyLimits;
  readonly #clock: Clock;
  readonly #telemetry: Telemetry | undefined;
  readonly #exchange: DataKeyExchange | undefined;
  readonly #all: LRUCache<Keyring, DataKeys>;
  readonly #closed = new AbortController();
  readonly #keyringsDropped: ThrashingAlarm;
  readonly #keysDropped: ThrashingAlarm;
  #sweeper: NodeJS.Timeout | undefined;
  #last: { readonly keyring: Keyring; readonly dataKeys: DataKeys } | undefined;

  /** @param exchange where data keys are shared with other processes */
  constructor(limits: DataKeyLimits, clock: Clock, telemetry?: Telemetry, exchange?: DataKeyExchange) {
    this.#exchange = exchange;
    this.#limits = limits;
    this.#clock = clock;
    this.#telemetry = telemetry;
    this.#keyringsDropped = new ThrashingAlarm('maxKeyrings', 'keyrings', limits.maxKeyrings, clock);
    this.#keysDropped = new ThrashingAlarm(
      'cacheCapacity',
      'unwrapped data keys',
      limits.cacheCapacity,
      clock,
    );
    this.#all = new LRUCache({
      maxSize: limits.maxKeyrings,
      sizeCalculation: () => 1,
      dispose: ({ encoding, decoding }, keyring, reason) => {
        encoding.retire();
        decoding.retire();
        // Those of keys that can be removed go soon anyway, and many of them are no mistake.
        if (reason === 'evict' && keyring.keepDataKeysMs === undefined) this.#keyringsDropped.note();
      },
    });
  }

  /** @throws CodecClosedError after {@link close} */
  of(keyring: Keyring): DataKeys {
    this.assertOpen();
    if (this.#last?.keyring === keyring) return this.#last.dataKeys;
    const dataKeys = this.#all.get(keyring) ?? this.#make(keyring);
    this.#last = { keyring, dataKeys };
    return dataKeys;
  }

  /**
   * Has a data key wrapped that is used for nothing, and unwrapped by each key that wrapped it: what a codec
   * asks of the key services once it encrypts. A keyring that can only decode has nothing to wrap.
   *
   * @throws KeyServiceError when a key does not wrap, does not unwrap, or gives another data key back
   */
  async rehearse(keyring: Keyring): Promise<void> {
    const { decoding } = this.of(keyring);
    if (keyring.primaryKeyId === undefined) return;
    const { signal } = this.#closed;
    const made = createWrappedSecret(keyring, { signal, telemetry: this.#telemetry });
    const { secret, wrappedKeys } = await endOnAbort(made, signal);
    const unwrap = async (wrapped: WrappedKey): Promise<void> => {
      const kek = keyring.findGuarded(wrapped.keyId);
      if (kek === undefined) return;
      const dataKey = await decoding.unwrap({ kek, wrapped }, { origin: REHEARSAL, signal });
      if (!dataKey.equals(secret)) {
        const because = 'It unwrapped another data key than it had wrapped.';
        throw new KeyServiceError(wrapped.keyId, 'unknown', { because });
      }
    };
    await Promise.all(wrappedKeys.map(unwrap));
  }

  /** The data keys that encrypt now. */
  states(): readonly DataKeyState[] {
    return [...this.#all.values()].flatMap(({ encoding }) => encoding.state ?? []);
  }

  /** The keyrings that are in use. */
  keyrings(): readonly Keyring[] {
    return [...this.#all.keys()];
  }

  /** @throws CodecClosedError after {@link close} */
  assertOpen(): void {
    if (this.#closed.signal.aborted) throw new CodecClosedError();
  }

  /** Drops all keys and ends what is under way, also for keyrings that were given up. */
  close(): void {
    clearInterval(this.#sweeper);
    this.#closed.abort(new CodecClosedError());
    this.#last = undefined;
    this.#all.clear();
  }

  #make(keyring: Keyring): DataKeys {
    const closed = this.#closed.signal;
    const decoding = new DecodingKeys(this.#limits, this.#clock, this.#telemetry, closed, () => {
      this.#keepWithinCapacity();
    });
    const encoding = new EncodingKeys(
      keyring,
      this.#limits,
      this.#clock,
      this.#telemetry,
      closed,
      ({ wrappedKeys, secret }) => {
        for (const wrapped of wrappedKeys) {
          const kek = keyring.findGuarded(wrapped.keyId);
          if (kek !== undefined) decoding.keep({ kek, wrapped }, secret);
        }
      },
      this.#exchange && { exchange: this.#exchange, decoding },
    );
    const dataKeys = { encoding, decoding };
    this.#all.set(keyring, dataKeys);
    this.#sweep();
    return dataKeys;
  }

  /** The keyring with the most data keys gives up its oldest, so that no tenant puts out what another has. */
  #keepWithinCapacity(): void {
    for (;;) {
      let total = 0;
      let largest: DecodingKeys | undefined;
      for (const { decoding } of this.#all.values()) {
        total += decoding.size;
        // Of those alike, the one that was not used for longest, which comes last.
        if (decoding.size >= (largest?.size ?? 1)) largest = decoding;
      }
      if (total <= this.#limits.cacheCapacity || largest === undefined) return;
      largest.dropOldest();
      this.#keysDropped.note();
    }
  }

  /** One timer for all: an expired key leaves memory even if nobody asks for it again. */
  #sweep(): void {
    if (this.#sweeper !== undefined) return;
    const everyMs = Math.min(SWEEP_MS.most, Math.max(SWEEP_MS.least, this.#limits.cacheTtlMs / 4));
    this.#sweeper = setInterval(() => {
      for (const { decoding, encoding } of this.#all.values()) {
        decoding.sweep();
        encoding.sweep();
      }
    }, everyMs);
    this.#sweeper.unref();
  }
}

/** Within which so many are given up: a tenth of the limit, and not fewer than {@link ALARM_LEAST}. */
const ALARM_WINDOW_MS = 600_000;
const ALARM_SHARE = 0.1;
const ALARM_LEAST = 100;

/** Tells once when what a limit keeps in memory is given up so often that memory is of no use. */
class ThrashingAlarm {
  readonly #option: string;
  readonly #what: string;
  readonly #limit: number;
  readonly #clock: Clock;
  #sinceMs = 0;
  #count = 0;
  #hasRung = false;

  constructor(option: string, what: string, limit: number, clock: Clock) {
    this.#option = option;
    this.#what = what;
    this.#limit = limit;
    this.#clock = clock;
  }

  /** One more was given up. */
  note(): void {
    const now = this.#clock.now();
    if (now - this.#sinceMs > ALARM_WINDOW_MS) {
      this.#sinceMs = now;
      this.#count = 0;
    }
    this.#count += 1;
    if (this.#hasRung || this.#count < Math.max(ALARM_LEAST, this.#limit * ALARM_SHARE)) return;
    this.#hasRung = true;
    warn(
      'WAXSEAL_THRASHING',
      `More than ${String(this.#limit)} ${this.#what} are in use: within ten minutes ${String(this.#count)} were given up and have ` +
        `to be asked for again. Raise dataKeys.${this.#option}, or see to it that the keyring function gives the same Keyring ` +
        'for the same tenant.',
    );
  }
}
