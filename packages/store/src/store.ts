import type { SharedKeyRecords } from './shared-key-records';

/**
 * A small, transactional, highly available database beside the key service: for payloads that tokens stand
 * for, and for keys that are wrapped. All that it is given is sealed or wrapped already, so who reads it
 * reads nothing.
 *
 * The suite of `@waxseal/conformance` defines it. Every method resolves only once the store has what was
 * written on all machines that its quorum asks for, sees what was written before, also after a failover, and
 * ends within the deadline of the store.
 */
export interface Store {
  /** Kind of store, such as `postgres`. */
  readonly kind: string;
  /** Sealed payloads, by token. */
  readonly tokens: TokenRecords;
  /** Keys that are sealed or wrapped, by name. */
  readonly keys: KeyRecords;
  /** Data keys that processes share, wrapped. */
  readonly sharedKeys: SharedKeyRecords;
  /**
   * Makes sure that the store answers and has the tables that this release needs.
   *
   * @throws StoreError when it does not answer
   * @throws ConfigurationError when its schema is older, or newer than this release can use
   */
  check(options?: StoreRequestOptions): Promise<void>;
  /** Ends connections. What is under way may still end. Calling it again does nothing. */
  close(): Promise<void>;
}

/** What every request takes. */
export interface StoreRequestOptions {
  /** Ends the request early. */
  readonly signal?: AbortSignal | undefined;
  /** Who is behind the request: callers have equal shares of the store. */
  readonly caller?: StoreCaller | undefined;
}

/** Whom a request is made for. */
export interface StoreCaller {
  /** A namespace, or the caller of a Codec Server. */
  readonly tenant: string;
  /** A workflow, or the namespace that a Codec Server's caller asks about. */
  readonly caller: string;
}

/** A sealed payload, as it is put under a token. */
export interface TokenRecord {
  /** The token: a UUID in its text form, in lower case. */
  readonly token: string;
  /** Whose it is, for collection: 16 bytes that tell namespaces apart, and do not tell which one it is. */
  readonly scope: Uint8Array;
  /** What is kept: sealed. Not changed, and not kept by the store once the call has ended. */
  readonly bytes: Uint8Array;
}

/** Most bytes of one record. */
export const MAX_RECORD_BYTES = 64 * 1024 * 1024;

/**
 * Payloads by token. A token names its content, so that a record never changes: to put it again does nothing
 * but to say that it is needed still.
 */
export interface TokenRecords {
  /**
   * Keeps records. Of a token that is there already, the record that is there stays, and of one that is named
   * twice the first; its age begins anew, so that no collection which began before removes it.
   *
   * @throws ConfigurationError when a record is larger than {@link MAX_RECORD_BYTES}; nothing is kept then
   */
  put(records: readonly TokenRecord[], options?: StoreRequestOptions): Promise<void>;

  /**
   * Finds records. One answer holds some 16 MiB, or one record that is larger: whoever asks decides whether
   * to ask for what is left.
   */
  get(tokens: readonly string[], options?: StoreRequestOptions): Promise<FoundTokens>;

  /**
   * Begins a collection of what nobody needs any more. What is put from now on is not touched by it.
   *
   * @returns number of the collection: each is greater than those before
   */
  beginCollection(options?: StoreRequestOptions): Promise<number>;

  /** @returns number of the collection that began last; 0 where none has */
  lastCollection(options?: StoreRequestOptions): Promise<number>;

  /**
   * Lists what was last put before a collection began, in the order of tokens.
   *
   * @param scope of the records
   * @param after the last token of the page before; `undefined` to begin
   * @param limit records at most
   */
  listBefore(
    collection: number,
    scope: Uint8Array,
    after: string | undefined,
    limit: number,
    options?: StoreRequestOptions,
  ): Promise<readonly CollectableToken[]>;

  /**
   * Marks what a collection found nobody to need, and takes the marks of earlier ones off what it found to be
   * needed. To put or to get a record takes its mark off, too.
   */
  mark(
    collection: number,
    found: { readonly unneeded: readonly string[]; readonly needed: readonly string[] },
    options?: StoreRequestOptions,
  ): Promise<void>;

  /**
   * Removes records that an earlier collection has marked, and that were neither put nor got since.
   *
   * @returns the tokens of what was removed
   */
  removeMarked(
    collection: number,
    tokens: readonly string[],
    options?: StoreRequestOptions,
  ): Promise<readonly string[]>;

  /**
   * Lists records of all scopes, to be sealed anew, in the order of tokens.
   *
   * @param after the last token of the page before; `undefined` to begin
   * @param limit records at most. A page has fewer where they are large: one that has none is the last
   */
  list(
    after: string | undefined,
    limit: number,
    options?: StoreRequestOptions,
  ): Promise<readonly { readonly token: string; readonly bytes: Uint8Array }[]>;

  /**
   * Puts other bytes in the place of a record: the same content under another key.
   *
   * @param from bytes that are there
   * @returns whether they were there, or `to` is: an attempt that is repeated says the same
   */
  replace(token: string, from: Uint8Array, to: Uint8Array, options?: StoreRequestOptions): Promise<boolean>;

  /** Counts what is there. Takes time in proportion to it. */
  stats(options?: StoreRequestOptions): Promise<TokenStats>;
}

/** What a store has of the tokens that it was asked for. */
export interface FoundTokens {
  /** By token, in fresh buffers; without those that are not there. */
  readonly records: ReadonlyMap<string, Uint8Array>;
  /** Tokens for whose records there was no room in the answer. Fewer than were asked for. */
  readonly left: readonly string[];
}

/** A record that a collection may remove. */
export interface CollectableToken {
  readonly token: string;
  readonly sizeBytes: number;
  /** The collection that marked it. */
  readonly markedBy: number | undefined;
}

/** What a store keeps. */
export interface TokenStats {
  readonly records: number;
  /** Of the records themselves; the database needs more. */
  readonly bytes: number;
  /** Records that a collection has marked. */
  readonly marked: number;
  /** Number of the last collection that began; 0 where there was none. */
  readonly collection: number;
}

/** What a key is for. Names are told apart by it. */
export type KeyKind = 'token-naming' | 'subject' | 'data-key-exchange';

/** A key, as a store keeps it. */
export interface KeyRecord {
  readonly name: string;
  /** Sealed or wrapped; `undefined` where it was removed. */
  readonly bytes: Uint8Array | undefined;
  /** When it was made, by the store's clock, in milliseconds since 1970. */
  readonly createdAtMs: number;
  /** When it was removed, by the store's clock; `undefined` where it is there. */
  readonly removedAtMs: number | undefined;
}

/**
 * Sealed or wrapped keys by name. A key that was removed leaves its name behind, so that it is not made
 * again.
 */
export interface KeyRecords {
  /**
   * Keeps a key, unless there is one of that name.
   *
   * @returns the one that is there now: of callers at once, all get the same
   */
  create(kind: KeyKind, name: string, bytes: Uint8Array, options?: StoreRequestOptions): Promise<KeyRecord>;

  /** @returns `undefined` where there never was one of that name */
  get(kind: KeyKind, name: string, options?: StoreRequestOptions): Promise<KeyRecord | undefined>;

  /**
   * Puts other bytes in the place of a key: the same key, wrapped anew.
   *
   * @param from bytes that are there
   * @returns whether they were there, or `to` is: an attempt that is repeated says the same
   */
  replace(
    kind: KeyKind,
    name: string,
    from: Uint8Array,
    to: Uint8Array,
    options?: StoreRequestOptions,
  ): Promise<boolean>;

  /**
   * Removes a key for good.
   *
   * @returns the record as it is now; `undefined` where there never was one
   */
  remove(kind: KeyKind, name: string, options?: StoreRequestOptions): Promise<KeyRecord | undefined>;

  /** Lists keys in the order of the bytes of names, also those that were removed. */
  list(
    kind: KeyKind,
    after: string | undefined,
    limit: number,
    options?: StoreRequestOptions,
  ): Promise<readonly KeyRecord[]>;
}
