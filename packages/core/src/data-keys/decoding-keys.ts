import { createSecretKey, type KeyObject } from 'node:crypto';
import { isUint8Array } from 'node:util/types';
import { LRUCache } from 'lru-cache';
import { onAbort } from '../base/deadline';
import { asBuffer } from '../base/bytes';
import type { Clock } from '../base/clock';
import { DecryptionError, copyOf } from '../base/errors';
import { KeyServiceError, type KeyServiceErrorReason } from '../base/key-service-error';
import { DATA_KEY_BYTES, type WrappedKey } from '../key/key-encryption-key';
import type { GuardedKey } from '../keyring/guarded-key';
import type { RequestOrigin, Turn } from '../keyring/request-queue';
import type { Telemetry } from '../key/telemetry';
import type { DataKeyLimits } from './data-key-options';

/** A wrapped key, and the configured key that can unwrap it. */
export interface Candidate {
  readonly kek: GuardedKey;
  readonly wrapped: WrappedKey;
}

/** Who waits for an unwrap. */
export interface Waiter {
  readonly origin: RequestOrigin;
  /**
   * Ends the waiting. A request without waiting callers leaves the queue; what was asked already comes to its
   * end.
   */
  readonly signal: AbortSignal;
  /** See `DecodeRequest.takeKeyRequest`. */
  readonly takeKeyRequest?: (() => boolean) | undefined;
  /** Called when the key service is asked. */
  readonly onBegun?: (() => void) | undefined;
}

/** What a key service last said under a key ID: as long as it unwraps others, it need not be asked again. */
interface LastAnswer {
  /** `cacheTtl` after it last unwrapped what has opened an envelope; `-Infinity` since it refused. */
  vouchesUntilMs: number;
}

/** A data key in memory. */
interface Entry {
  readonly key: KeyObject;
  /** Until when it is used without asking the key service again, whatever that says of others. */
  readonly freshUntilMs: number;
  /** Under the key ID by which it was asked for; `undefined` for keys that can be removed one by one. */
  readonly answer: LastAnswer | undefined;
}

/** One that has opened something. */
interface ProvenEntry extends Entry {
  /** Until when it is kept, and used where the key service cannot be asked. */
  readonly endsAtMs: number;
}

/** An unwrap that waits or is under way, for however many wait for it. */
interface Request {
  readonly turn: Turn;
  readonly result: Promise<KeyObject>;
  waiters: number;
}

/** Unwrapped data keys that have opened nothing so far: how many are kept, and how long. */
const MAX_UNPROVEN = 128;
const UNPROVEN_MS = 10_000;

/** Key IDs whose last answer is kept: versions of the configured keys. */
const MAX_ANSWERS = 1_000;
/** What a service says of a key, and not of what was to be unwrapped. */
const REFUSALS: ReadonlySet<unknown> = new Set<KeyServiceErrorReason>(['denied', 'disabled', 'not-found']);

/**
 * Unwrapped data keys of one keyring, for decoding. A data key is kept once an envelope has opened under it,
 * so that payloads that open nothing put out of memory no key of those that do. At most one unwrap of a
 * wrapped key is under way; a rejection is shared by those who wait for it and not kept.
 */
export class DecodingKeys {
  // Not with the cache's own `ttl`: each look-up that comes alone would set a timer, or read the clock twice.
  readonly #proven: LRUCache<string, ProvenEntry>;
  #unproven: LRUCache<string, Entry> | undefined;
  readonly #clock: Clock;
  readonly #freshMs: number;
  readonly #keptMs: number;
  // Not the cache's own fetch: there, a request under way is evicted and expires as an entry does.
  readonly #requests = new Map<string, Request>();
  readonly #answers: LRUCache<string, LastAnswer>;
  readonly #closed: AbortSignal;
  readonly #telemetry: Telemetry | undefined;
  readonly #onKept: () => void;
  #isRetired = false;

  /**
   * @param closed ends what is under way
   * @param onKept called when one more data key is in memory
   */
  constructor(
    limits: DataKeyLimits,
    clock: Clock,
    telemetry: Telemetry | undefined,
    closed: AbortSignal,
    onKept: () => void = () => undefined,
  ) {
    this.#telemetry = telemetry;
    this.#clock = clock;
    this.#freshMs = limits.cacheTtlMs;
    this.#keptMs = Math.max(limits.cacheTtlMs, limits.maxStaleAgeMs);
    this.#closed = closed;
    this.#onKept = onKept;
    // By `maxSize`: with `max` the memory for all of it is taken at once, for each keyring.
    this.#answers = new LRUCache({ maxSize: MAX_ANSWERS, sizeCalculation: () => 1 });
    this.#proven = new LRUCache({ maxSize: limits.cacheCapacity, sizeCalculation: () => 1 });
  }

  /** Data keys in memory that have opened something. */
  get size(): number {
    return this.#proven.size;
  }

  /** The data key, if it is in memory and need not be asked for again. */
  get({ kek, wrapped }: Candidate): KeyObject | undefined {
    return this.#fresh(identityOf(kek, wrapped));
  }

  /** The data key, if it is in memory at all: for while the key service cannot be asked. */
  getStale({ kek, wrapped }: Candidate): KeyObject | undefined {
    return this.#find(identityOf(kek, wrapped), this.#clock.now())?.key;
  }

  /** Keeps a data key under which an envelope has opened, or that this process made. */
  keep({ kek, wrapped }: Candidate, key: KeyObject): void {
    if (this.#isRetired || this.#closed.aborted) return;
    const identity = identityOf(kek, wrapped);
    const now = this.#clock.now();
    const unwrapped = this.#unproven?.get(identity);
    const { freshUntilMs, answer } =
      unwrapped ?? this.#find(identity, now) ?? this.#entryOf(key, kek, this.#answerOf(kek, wrapped));
    this.#unproven?.delete(identity);
    // What opens nothing vouches for nothing: it may be any bytes.
    if (unwrapped?.answer) unwrapped.answer.vouchesUntilMs = freshUntilMs;
    // Of a key that can be removed for good, nothing is used on when its time is over.
    const isLimited = kek.key.keepDataKeysMs !== undefined;
    const endsAtMs = isLimited ? freshUntilMs : now + this.#keptMs;
    this.#proven.set(identity, { key, freshUntilMs, answer, endsAtMs });
    this.#onKept();
  }

  /**
   * The data key, from memory or from the key service. It is not kept before {@link keep}.
   *
   * @throws the reason of the waiter's signal, as soon as that is aborted
   * @throws KeyServiceError as the key's `unwrap` does; `throttled` where the waiter may not ask
   * @throws DecryptionError when what was unwrapped is no data key
   */
  async unwrap(candidate: Candidate, waiter: Waiter): Promise<KeyObject> {
    const { kek, wrapped } = candidate;
    const identity = identityOf(kek, wrapped);
    const inMemory = this.#fresh(identity) ?? this.#unproven?.get(identity)?.key;
    if (inMemory !== undefined) return inMemory;
    const name = nameOf(candidate);
    const request = this.#requests.get(name) ?? this.#begin(name, identity, candidate, waiter);
    return this.#wait(name, request, waiter);
  }

  /** Whether the key service is being asked for the data key, or is about to. */
  isUnderWay(candidate: Candidate): boolean {
    return this.#requests.size > 0 && this.#requests.has(nameOf(candidate));
  }

  /** Drops data keys that have expired. */
  sweep(): void {
    const now = this.#clock.now();
    const expired: string[] = [];
    for (const [identity, { endsAtMs }] of this.#proven.entries()) {
      if (now > endsAtMs) expired.push(identity);
    }
    for (const identity of expired) this.#proven.delete(identity);
    this.#unproven?.purgeStale();
  }

  /** Drops the data key that was not used for longest. */
  dropOldest(): void {
    this.#proven.pop();
  }

  /** Drops all data keys, and keeps none any more. What is under way comes to its end. */
  retire(): void {
    this.#isRetired = true;
    this.#proven.clear();
    this.#unproven?.clear();
  }

  #find(identity: string, now: number): ProvenEntry | undefined {
    const entry = this.#proven.get(identity);
    if (entry === undefined || now <= entry.endsAtMs) return entry;
    this.#proven.delete(identity);
    return undefined;
  }

  #fresh(identity: string): KeyObject | undefined {
    const now = this.#clock.now();
    const entry = this.#find(identity, now);
    if (entry === undefined) return undefined;
    const isFresh =
      now < entry.freshUntilMs || (entry.answer !== undefined && now < entry.answer.vouchesUntilMs);
    return isFresh ? entry.key : undefined;
  }

  /** The last answer under the key ID that a service is asked by. */
  #answerOf({ name, key }: GuardedKey, { keyId }: WrappedKey): LastAnswer | undefined {
    if (key.keepDataKeysMs !== undefined) return undefined;
    const of = `${name} ${keyId}`;
    const known = this.#answers.get(of);
    if (known !== undefined) return known;
    const none = { vouchesUntilMs: -Infinity };
    this.#answers.set(of, none);
    return none;
  }

  /** A data key that is there from now on. */
  #entryOf(key: KeyObject, kek: GuardedKey, answer: LastAnswer | undefined): Entry {
    return { key, freshUntilMs: this.#clock.now() + this.#freshMsUnder(kek), answer };
  }

  #freshMsUnder({ key }: GuardedKey): number {
    return Math.min(this.#freshMs, key.keepDataKeysMs ?? Infinity);
  }

  #begin(name: string, identity: string, { kek, wrapped }: Candidate, waiter: Waiter): Request {
    const refusal = kek.refusalFor(waiter.origin, wrapped);
    if (refusal !== undefined) throw refusal;
    if (waiter.takeKeyRequest?.() === false) {
      throw kek.notAsked(wrapped.keyId, 'this caller has used up its key requests for now');
    }
    // The envelope's bytes are a view of a payload: keep them for the time of the request, not the payload.
    const copy = { keyId: wrapped.keyId, bytes: new Uint8Array(wrapped.bytes) };
    const { turn, result } = kek.unwrap(copy, waiter.origin, {
      signal: this.#closed,
      telemetry: this.#telemetry,
    });
    const request: Request = {
      turn,
      waiters: 0,
      result: this.#receive(identity, { kek, wrapped: copy }, result).finally(() => {
        if (this.#requests.get(name) === request) this.#requests.delete(name);
      }),
    };
    // Those who wait for it may all be gone.
    request.result.catch(() => undefined);
    this.#requests.set(name, request);
    return request;
  }

  async #receive(
    identity: string,
    { kek, wrapped }: Candidate,
    result: Promise<Uint8Array>,
  ): Promise<KeyObject> {
    const answer = this.#answerOf(kek, wrapped);
    const key = dataKeyOf(
      await result.catch((error: unknown) => {
        const isRefusal = error instanceof KeyServiceError && REFUSALS.has(error.reason);
        if (isRefusal && answer !== undefined) answer.vouchesUntilMs = -Infinity;
        throw error;
      }),
    );
    if (!this.#isRetired && !this.#closed.aborted) {
      this.#unproven ??= new LRUCache({
        max: MAX_UNPROVEN,
        ttl: UNPROVEN_MS,
        ttlResolution: 0,
        perf: this.#clock,
      });
      const ttl = Math.min(UNPROVEN_MS, kek.key.keepDataKeysMs ?? Infinity);
      this.#unproven.set(identity, this.#entryOf(key, kek, answer), { ttl });
    }
    return key;
  }

  #wait(name: string, request: Request, { origin, signal, onBegun }: Waiter): Promise<KeyObject> {
    request.waiters += 1;
    request.turn.join(origin);
    if (onBegun !== undefined) request.turn.begun.then(onBegun, () => undefined);
    return new Promise((resolve, reject) => {
      const unlink = onAbort(signal, () => {
        reject(signal.reason as Error);
        request.waiters -= 1;
        if (request.waiters > 0 || request.turn.hasBegun) return;
        // The next caller asks anew.
        if (this.#requests.get(name) === request) this.#requests.delete(name);
        request.turn.cancel(signal.reason as Error);
      });
      request.result.then(
        (dataKey) => {
          unlink();
          resolve(dataKey);
        },
        (error: unknown) => {
          unlink();
          reject(copyOf(error));
        },
      );
    });
  }
}

function dataKeyOf(bytes: unknown): KeyObject {
  if (!isUint8Array(bytes)) throw new DecryptionError();
  try {
    if (bytes.length !== DATA_KEY_BYTES) throw new DecryptionError();
    return createSecretKey(bytes);
  } finally {
    bytes.fill(0);
  }
}

/**
 * What tells an unwrapped data key: the key that unwrapped it and what it unwrapped, whatever a payload says
 * of them.
 */
function identityOf({ name }: GuardedKey, wrapped: WrappedKey): string {
  const known = identities.get(wrapped);
  if (known?.name === name) return known.identity;
  const identity = name + asBuffer(wrapped.bytes).toString('latin1');
  identities.set(wrapped, { name, identity });
  return identity;
}

/** Wrapped keys come again: envelopes that are alike share them. Their bytes do not change. */
const identities = new WeakMap<WrappedKey, { readonly name: string; readonly identity: string }>();

/**
 * What tells an unwrap: with the key ID, since a service may refuse one version of a key what it would give
 * to another.
 */
export function nameOf({ kek, wrapped }: Candidate): string {
  return `${String(wrapped.keyId.length)}:${wrapped.keyId}${identityOf(kek, wrapped)}`;
}
