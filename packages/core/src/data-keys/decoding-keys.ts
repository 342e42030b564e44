import { createSecretKey, type KeyObject } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { isUint8Array } from 'node:util/types';

import { LRUCache } from 'lru-cache';

import { asBuffer } from '../bytes/as-buffer';
import { DATA_KEY_BYTES } from '../envelope/format';
import { CodecClosedError } from '../errors/codec-closed-error';
import { DecryptionError } from '../errors/decryption-error';
import { throwFresh } from '../errors/throw-fresh';
import type { WrappedKey } from '../key-encryption-key/wrapped-key';
import type { GuardedKey, GuardedRequestOptions } from '../keyring/guarded-key';
import type { Telemetry } from '../telemetry/telemetry';
import type { Clock } from '../durations/clock';
import type { DataKeyLimits } from './data-key-limits';
import { endOnAbort } from '../base/deadline';

/** An unwrapped data key. */
interface Entry {
  readonly key: KeyObject;
  /** Until when it is used without asking the key service again. */
  readonly freshUntilMs: number;
}

/**
 * Unwrapped data keys for decoding, bounded in number and time. At most one unwrap of a wrapped key is under way; a
 * rejection is shared by those who wait for it and not kept.
 */
export class DecodingKeys {
  readonly #cache: LRUCache<string, Entry>;
  readonly #clock: Clock;
  readonly #freshMs: number;
  // Not the cache's own fetch: there, a request under way is evicted and expires as an entry does.
  readonly #requests = new Map<string, Promise<KeyObject>>();
  readonly #closed = new AbortController();
  readonly #telemetry: Telemetry | undefined;

  constructor(limits: DataKeyLimits, clock: Clock, telemetry: Telemetry | undefined) {
    this.#telemetry = telemetry;
    this.#clock = clock;
    this.#freshMs = limits.cacheTtlMs;
    // One listener for each request that is under way.
    setMaxListeners(0, this.#closed.signal);
    this.#cache = new LRUCache({
      max: limits.cacheCapacity,
      ttl: Math.max(limits.cacheTtlMs, limits.maxStaleAgeMs),
      // Time that the machine slept counts.
      perf: clock,
      // An expired key leaves memory even if nobody asks for it again.
      ttlAutopurge: true,
    });
  }

  /** The data key, if it is in memory and need not be asked for again. */
  get(wrapped: WrappedKey): KeyObject | undefined {
    return this.#fresh(cacheKey(wrapped));
  }

  /** The data key, if it is in memory at all: for while the key service cannot be asked. */
  getStale(wrapped: WrappedKey): KeyObject | undefined {
    return this.#cache.get(cacheKey(wrapped))?.key;
  }

  /** Keeps a data key that this process made, so that it need not be unwrapped here. */
  put(wrapped: WrappedKey, dataKey: KeyObject): void {
    this.#set(cacheKey(wrapped), dataKey);
  }

  /**
   * The data key, from memory or from the key service.
   *
   * @throws KeyServiceError as the key's `unwrap` does
   * @throws DecryptionError when what was unwrapped is no data key
   */
  unwrap(kek: GuardedKey, wrapped: WrappedKey): Promise<KeyObject> {
    const key = cacheKey(wrapped);
    const cached = this.#fresh(key);
    if (cached !== undefined) return Promise.resolve(cached);
    const underWay = this.#requests.get(key);
    if (underWay !== undefined) return underWay.catch(throwFresh);
    const request = this.#request(key, kek, wrapped).finally(() => this.#requests.delete(key));
    this.#requests.set(key, request);
    return request;
  }

  /** Drops all keys and ends what is under way. */
  close(): void {
    this.#closed.abort(new CodecClosedError());
    this.#cache.clear();
  }

  #fresh(key: string): KeyObject | undefined {
    const entry = this.#cache.get(key);
    return entry === undefined || this.#clock.now() >= entry.freshUntilMs ? undefined : entry.key;
  }

  #set(key: string, dataKey: KeyObject): void {
    this.#cache.set(key, { key: dataKey, freshUntilMs: this.#clock.now() + this.#freshMs });
  }

  async #request(key: string, kek: GuardedKey, wrapped: WrappedKey): Promise<KeyObject> {
    // The envelope's bytes are a view of a payload: keep them for the time of the request, not the payload.
    const copy = { keyId: wrapped.keyId, bytes: new Uint8Array(wrapped.bytes) };
    const { signal } = this.#closed;
    const dataKey = await endOnAbort(
      unwrapDataKey(kek, copy, { signal, telemetry: this.#telemetry }),
      signal,
    );
    this.#set(key, dataKey);
    return dataKey;
  }
}

async function unwrapDataKey(
  kek: GuardedKey,
  wrapped: WrappedKey,
  options: GuardedRequestOptions,
): Promise<KeyObject> {
  const bytes: unknown = await kek.unwrap(wrapped, options);
  if (!isUint8Array(bytes)) throw new DecryptionError();
  try {
    if (bytes.length !== DATA_KEY_BYTES) throw new DecryptionError();
    return createSecretKey(bytes);
  } finally {
    bytes.fill(0);
  }
}

function cacheKey({ keyId, bytes }: WrappedKey): string {
  return `${String(keyId.length)}:${keyId}${asBuffer(bytes).toString('latin1')}`;
}
