import { endOnAbort, rethrowCopy } from '@waxseal/core/internal';
import type { Store, StoreRequestOptions } from '@waxseal/store';
import { LRUCache } from 'lru-cache';
import { TokenError } from './token-error';
import { readRecords } from './token-record';

/** What a {@link RecordCache} keeps at most. */
export interface RecordCacheLimits {
  /** 0 keeps nothing. */
  readonly maxBytes: number;
  readonly ttlMs: number;
}

/** What an entry costs beside its bytes. */
const ENTRY_BYTES = 200;

/** A record that somebody reads; `'unread'` where that read was given up. */
type Reading = Promise<Uint8Array | 'unread' | undefined>;

/**
 * Records of a store, sealed as they are there, so that a payload that many ask for is read once; and those
 * that are being read, so that it is read once too when they ask together.
 */
export class RecordCache {
  readonly #store: Store;
  readonly #kept: LRUCache<string, Uint8Array> | undefined;
  readonly #underWay = new Map<string, Reading>();

  constructor(store: Store, { maxBytes, ttlMs }: RecordCacheLimits) {
    this.#store = store;
    this.#kept =
      maxBytes === 0
        ? undefined
        : new LRUCache({
            maxSize: maxBytes,
            sizeCalculation: (bytes: Uint8Array) => bytes.length + ENTRY_BYTES,
            ttl: ttlMs,
          });
  }

  /**
   * Finds the records of tokens; those that are not at hand by one request, or some where they are large.
   *
   * @param limitBytes most bytes of all of them
   * @returns by token, views that are not to be changed; without those that the store does not have
   * @throws TokenError above the limit
   * @throws StoreError as the store does
   */
  async get(
    tokens: readonly string[],
    options: StoreRequestOptions,
    limitBytes: number,
  ): Promise<ReadonlyMap<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>();
    const joined: (readonly [string, Reading])[] = [];
    const asked: string[] = [];
    for (const token of new Set(tokens)) {
      const kept = this.#kept?.get(token);
      const underWay = this.#underWay.get(token);
      if (kept !== undefined) found.set(token, kept);
      else if (underWay !== undefined) joined.push([token, underWay]);
      else asked.push(token);
    }
    await this.#readInto(found, asked, options, limitBytes);
    const unread: string[] = [];
    for (const [token, reading] of joined) {
      const record = await within(reading, options.signal).catch(rethrowCopy);
      if (record === 'unread') unread.push(token);
      else if (record !== undefined) found.set(token, record);
    }
    // Somebody else's read went beyond their limit, which says nothing of these.
    await this.#readInto(found, unread, options, limitBytes);
    assertWithin(found, limitBytes);
    return found;
  }

  /** Forgets a record that turned out to be none: it may be mended meanwhile. */
  forget(token: string): void {
    this.#kept?.delete(token);
  }

  async #readInto(
    found: Map<string, Uint8Array>,
    tokens: readonly string[],
    { signal, caller }: StoreRequestOptions,
    limitBytes: number,
  ): Promise<void> {
    if (tokens.length === 0) return;
    // Others may join, so that one caller's signal does not end it; the store's own deadline does.
    const reading = this.#readAll(tokens, { caller }, limitBytes);
    for (const token of tokens) {
      const one = reading.then((read) => (read === 'unread' ? read : read.get(token)));
      one.catch(() => undefined);
      this.#underWay.set(token, one);
    }
    const done = (): void => {
      for (const token of tokens) this.#underWay.delete(token);
    };
    reading.then(done, done);
    const read = await within(reading, signal);
    if (read === 'unread') throw new TokenError('too-large', undefined);
    for (const [token, record] of read) found.set(token, record);
  }

  async #readAll(
    tokens: readonly string[],
    options: StoreRequestOptions,
    limitBytes: number,
  ): Promise<ReadonlyMap<string, Uint8Array> | 'unread'> {
    const { records, isWithin } = await readRecords(this.#store, tokens, options, limitBytes);
    for (const [token, record] of records) this.#kept?.set(token, record);
    return isWithin ? records : 'unread';
  }
}

function within<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return signal === undefined ? work : endOnAbort(work, signal);
}

function assertWithin(found: ReadonlyMap<string, Uint8Array>, limitBytes: number): void {
  let bytes = 0;
  for (const record of found.values()) bytes += record.length;
  if (bytes > limitBytes) throw new TokenError('too-large', undefined);
}
