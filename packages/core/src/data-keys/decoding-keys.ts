import { createSecretKey, type KeyObject } from 'node:crypto';

import { LRUCache } from 'lru-cache';

import { asBuffer } from '../bytes/as-buffer';
import { DATA_KEY_BYTES } from '../envelope/format';
import { CodecClosedError } from '../errors/codec-closed-error';
import { DecryptionError } from '../errors/decryption-error';
import type { KeyEncryptionKey } from '../key-encryption-key/key-encryption-key';
import type { WrappedKey } from '../key-encryption-key/wrapped-key';
import { WRAP_AAD } from '../keyring/wrap-aad';
import type { DataKeyLimits } from './data-key-limits';

interface UnwrapRequest {
  readonly kek: KeyEncryptionKey;
  readonly wrapped: WrappedKey;
}

/**
 * Unwrapped data keys for decoding, bounded in number and time. At most one unwrap of a wrapped key is under way; a
 * rejection is shared by those who wait for it and not kept.
 */
export class DecodingKeys {
  readonly #cache: LRUCache<string, KeyObject, UnwrapRequest>;
  readonly #closed = new AbortController();

  constructor(limits: DataKeyLimits) {
    this.#cache = new LRUCache({
      max: limits.cacheCapacity,
      ttl: limits.cacheTtlMs,
      // An expired key leaves memory even if nobody asks for it again.
      ttlAutopurge: true,
      // An entry that is evicted while it is fetched still serves those who wait for it.
      ignoreFetchAbort: true,
      fetchMethod: (_cacheKey, _stale, { context }) => unwrapDataKey(context, this.#closed.signal),
    });
  }

  /** The data key, if it is in memory. */
  get(wrapped: WrappedKey): KeyObject | undefined {
    return this.#cache.get(cacheKey(wrapped));
  }

  /** Keeps a data key that this process made, so that it need not be unwrapped here. */
  put(wrapped: WrappedKey, dataKey: KeyObject): void {
    this.#cache.set(cacheKey(wrapped), dataKey);
  }

  /**
   * The data key, from memory or from the key service.
   *
   * @throws KeyServiceError as the key's `unwrap` does
   * @throws DecryptionError when what was unwrapped is no data key
   */
  async unwrap(kek: KeyEncryptionKey, wrapped: WrappedKey): Promise<KeyObject> {
    // The envelope's bytes are a view of a payload: keep them for the time of the request, not the payload.
    const request = { kek, wrapped: { keyId: wrapped.keyId, bytes: new Uint8Array(wrapped.bytes) } };
    const dataKey = await this.#cache.fetch(cacheKey(wrapped), { context: request });
    if (dataKey === undefined) throw new CodecClosedError();
    return dataKey;
  }

  /** Drops all keys and ends what is under way. */
  close(): void {
    this.#closed.abort(new CodecClosedError());
    this.#cache.clear();
  }
}

async function unwrapDataKey({ kek, wrapped }: UnwrapRequest, signal: AbortSignal): Promise<KeyObject> {
  const bytes = await kek.unwrap(wrapped, WRAP_AAD, { signal });
  try {
    signal.throwIfAborted();
    if (bytes.length !== DATA_KEY_BYTES) throw new DecryptionError();
    return createSecretKey(bytes);
  } finally {
    bytes.fill(0);
  }
}

function cacheKey({ keyId, bytes }: WrappedKey): string {
  return `${String(keyId.length)}:${keyId}${asBuffer(bytes).toString('latin1')}`;
}
