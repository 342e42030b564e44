import { ConfigurationError } from '@waxseal/core';
import {
  type CollectableToken,
  type FoundTokens,
  type KeyKind,
  type KeyRecord,
  type KeyRecords,
  MAX_RECORD_BYTES,
  type Store,
  StoreError,
  type StoreRequestOptions,
  type TokenRecord,
  type TokenRecords,
  type TokenStats,
} from '@waxseal/store';

import type { StoreDeadlines } from '../../src';
import { ModelSharedKeys } from './model-shared-keys';
import { type KeptKey, type KeptRecord, type ModelDatabase } from './model-database';

const ANSWER_BYTES = 16 * 1024 * 1024;

/** A store in the model database that keeps all the rules. Tests break it by overriding. */
export class ModelStore implements Store {
  readonly kind = 'model';
  readonly tokens: ModelTokens;
  readonly keys: ModelKeys;
  readonly sharedKeys: ModelSharedKeys;
  readonly link: ModelLink;

  constructor(database: ModelDatabase, deadlines: StoreDeadlines, isReader: boolean) {
    this.link = new ModelLink(database, deadlines, isReader);
    Object.defineProperty(this, 'link', { enumerable: false });
    this.tokens = this.tokensOf(this.link);
    this.keys = this.keysOf(this.link);
    this.sharedKeys = this.sharedKeysOf(this.link);
  }

  check(options?: StoreRequestOptions): Promise<void> {
    return this.link.ask(options, 'read', (database) => {
      if (!database.hasTables) throw new ConfigurationError('Run: waxseal store migrate');
    });
  }

  close(): Promise<void> {
    this.link.isClosed = true;
    return Promise.resolve();
  }

  protected tokensOf(link: ModelLink): ModelTokens {
    return new ModelTokens(link);
  }

  protected sharedKeysOf(link: ModelLink): ModelSharedKeys {
    return new ModelSharedKeys(link);
  }

  protected keysOf(link: ModelLink): ModelKeys {
    return new ModelKeys(link);
  }
}

/** How one store object asks the model database. Prints nothing of it. */
export class ModelLink {
  isClosed = false;
  readonly #database: ModelDatabase;
  readonly #deadlines: StoreDeadlines;
  readonly #isReader: boolean;

  constructor(database: ModelDatabase, deadlines: StoreDeadlines, isReader: boolean) {
    this.#database = database;
    this.#deadlines = deadlines;
    this.#isReader = isReader;
  }

  async ask<T>(
    options: StoreRequestOptions | undefined,
    what: 'read' | 'write',
    work: (database: ModelDatabase) => T,
  ): Promise<T> {
    options?.signal?.throwIfAborted();
    if (this.isClosed) throw new StoreError('unavailable', { wasNotAsked: true });
    await this.#database.answer(this.#deadlines.totalMs, options?.signal);
    if (what === 'write' && this.#isReader) throw new StoreError('denied');
    return this.#database.run(what, () => work(this.#database));
  }
}

/** The model's tokens. */
export class ModelTokens implements TokenRecords {
  readonly #link: ModelLink;

  constructor(link: ModelLink) {
    this.#link = link;
  }

  put(records: readonly TokenRecord[], options?: StoreRequestOptions): Promise<void> {
    return this.write(options, (database) => {
      if (records.some(({ bytes }) => bytes.length > MAX_RECORD_BYTES)) {
        throw new ConfigurationError('A record is too large. Split it.');
      }
      for (const { token, scope, bytes } of records) {
        const kept = database.records.get(token) ?? { scope: scope.slice(), bytes: bytes.slice() };
        database.records.set(token, { ...kept, putDuring: database.collection, markedBy: undefined });
      }
    });
  }

  get(tokens: readonly string[], options?: StoreRequestOptions): Promise<FoundTokens> {
    return this.read(options, (database) => {
      const records = new Map<string, Uint8Array>();
      const left: string[] = [];
      let bytes = 0;
      for (const token of new Set(tokens)) {
        const kept = database.records.get(token);
        if (kept === undefined) continue;
        kept.markedBy = undefined;
        bytes += kept.bytes.length;
        if (records.size > 0 && bytes > ANSWER_BYTES) left.push(token);
        else records.set(token, kept.bytes.slice());
      }
      return { records, left };
    });
  }

  beginCollection(options?: StoreRequestOptions): Promise<number> {
    return this.write(options, (database) => (database.collection += 1));
  }

  lastCollection(options?: StoreRequestOptions): Promise<number> {
    return this.read(options, (database) => database.collection);
  }

  listBefore(
    collection: number,
    scope: Uint8Array,
    after: string | undefined,
    limit: number,
    options?: StoreRequestOptions,
  ): Promise<readonly CollectableToken[]> {
    return this.read(options, (database) =>
      database
        .inOrder(after)
        .filter(([, kept]) => kept.putDuring < collection && Buffer.compare(kept.scope, scope) === 0)
        .slice(0, limit)
        .map(([token, { bytes, markedBy }]) => ({ token, sizeBytes: bytes.length, markedBy })),
    );
  }

  mark(
    collection: number,
    { unneeded, needed }: { readonly unneeded: readonly string[]; readonly needed: readonly string[] },
    options?: StoreRequestOptions,
  ): Promise<void> {
    return this.write(options, (database) => {
      for (const token of unneeded) {
        const kept = database.records.get(token);
        if (kept !== undefined && kept.putDuring < collection) kept.markedBy ??= collection;
      }
      for (const token of needed) {
        const kept = database.records.get(token);
        if (kept !== undefined) kept.markedBy = undefined;
      }
    });
  }

  removeMarked(
    collection: number,
    tokens: readonly string[],
    options?: StoreRequestOptions,
  ): Promise<readonly string[]> {
    return this.write(options, (database) =>
      tokens.filter((token) => {
        const kept = database.records.get(token);
        return kept !== undefined && this.isRemovable(kept, collection) && database.records.delete(token);
      }),
    );
  }

  list(
    after: string | undefined,
    limit: number,
    options?: StoreRequestOptions,
  ): Promise<readonly { readonly token: string; readonly bytes: Uint8Array }[]> {
    return this.read(options, (database) => {
      let bytes = 0;
      return database
        .inOrder(after)
        .slice(0, limit)
        .filter(([, kept], index) => (bytes += kept.bytes.length) <= ANSWER_BYTES || index === 0)
        .map(([token, kept]) => ({ token, bytes: kept.bytes.slice() }));
    });
  }

  replace(token: string, from: Uint8Array, to: Uint8Array, options?: StoreRequestOptions): Promise<boolean> {
    return this.write(options, (database) => {
      const kept = database.records.get(token);
      if (kept === undefined || !isOneOf(kept.bytes, [from, to])) return false;
      kept.bytes = to.slice();
      return true;
    });
  }

  stats(options?: StoreRequestOptions): Promise<TokenStats> {
    return this.read(options, (database) => {
      const all = [...database.records.values()];
      return {
        records: all.length,
        bytes: all.reduce((sum, { bytes }) => sum + bytes.length, 0),
        marked: all.filter(({ markedBy }) => markedBy !== undefined).length,
        collection: database.collection,
      };
    });
  }

  protected isRemovable({ putDuring, markedBy }: KeptRecord, collection: number): boolean {
    return putDuring < collection && markedBy !== undefined && markedBy < collection;
  }

  protected read<T>(
    options: StoreRequestOptions | undefined,
    work: (database: ModelDatabase) => T,
  ): Promise<T> {
    return this.#link.ask(options, 'read', work);
  }

  protected write<T>(
    options: StoreRequestOptions | undefined,
    work: (database: ModelDatabase) => T,
  ): Promise<T> {
    return this.#link.ask(options, 'write', work);
  }
}

/** The model's keys. */
export class ModelKeys implements KeyRecords {
  readonly #link: ModelLink;

  constructor(link: ModelLink) {
    this.#link = link;
  }

  create(kind: KeyKind, name: string, bytes: Uint8Array, options?: StoreRequestOptions): Promise<KeyRecord> {
    return this.#link.ask(options, 'write', (database) => {
      const id = `${kind} ${name}`;
      const kept = database.keys.get(id) ?? this.made(bytes);
      database.keys.set(id, kept);
      return recordOf(name, kept);
    });
  }

  get(kind: KeyKind, name: string, options?: StoreRequestOptions): Promise<KeyRecord | undefined> {
    return this.#link.ask(options, 'read', (database) => {
      const kept = database.keys.get(`${kind} ${name}`);
      return kept === undefined ? undefined : recordOf(name, kept);
    });
  }

  replace(
    kind: KeyKind,
    name: string,
    from: Uint8Array,
    to: Uint8Array,
    options?: StoreRequestOptions,
  ): Promise<boolean> {
    return this.#link.ask(options, 'write', (database) => {
      const kept = database.keys.get(`${kind} ${name}`);
      if (kept?.bytes === undefined || !isOneOf(kept.bytes, [from, to])) return false;
      kept.bytes = to.slice();
      return true;
    });
  }

  remove(kind: KeyKind, name: string, options?: StoreRequestOptions): Promise<KeyRecord | undefined> {
    return this.#link.ask(options, 'write', (database) => {
      const kept = database.keys.get(`${kind} ${name}`);
      if (kept === undefined) return undefined;
      kept.bytes = undefined;
      kept.removedAtMs ??= Date.now();
      return recordOf(name, kept);
    });
  }

  list(
    kind: KeyKind,
    after: string | undefined,
    limit: number,
    options?: StoreRequestOptions,
  ): Promise<readonly KeyRecord[]> {
    return this.#link.ask(options, 'read', (database) =>
      [...database.keys]
        .filter(([id]) => id.startsWith(`${kind} `))
        .map(([id, kept]) => recordOf(id.slice(kind.length + 1), kept))
        .filter(({ name }) => after === undefined || byBytes(name, after) > 0)
        .sort((a, b) => byBytes(a.name, b.name))
        .slice(0, limit),
    );
  }

  protected made(bytes: Uint8Array): KeptKey {
    return { bytes: bytes.slice(), createdAtMs: Date.now(), removedAtMs: undefined };
  }
}

function isOneOf(bytes: Uint8Array, others: readonly Uint8Array[]): boolean {
  return others.some((other) => Buffer.compare(bytes, other) === 0);
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function recordOf(name: string, { bytes, createdAtMs, removedAtMs }: KeptKey): KeyRecord {
  return { name, bytes: bytes?.slice(), createdAtMs, removedAtMs };
}
