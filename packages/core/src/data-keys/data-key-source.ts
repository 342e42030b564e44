import { asBuffer } from '../base/bytes';
import type { Clock } from '../base/clock';
import { endOnAbort, Deadline } from '../base/deadline';
import { DecryptionError } from '../base/errors';
import { notify, type Telemetry } from '../key/telemetry';
import type { Keyring } from '../keyring/keyring';
import type { RequestOrigin } from '../keyring/request-queue';
import {
  announce,
  createWrappedSecret,
  DataKey,
  type DataKeyRoom,
  parseAnnouncement,
  REFRESH_AT,
  vaultOf,
  type WrappedSecret,
} from './data-key';
import type {
  DataKeyExchange,
  DataKeyGrant,
  DataKeyLimits,
  DataKeySeat,
  HeldDataKey,
} from './data-key-options';
import type { DecodingKeys } from './decoding-keys';
import { DataKeySearch, findCandidates } from './failover';

/** Share of `maxAge` by which processes that started together drift apart. */
const JITTER = 0.1;
/** Longest wait between two attempts to get a replacement. Half to all of it is waited. */
const RETRY_MS = 30_000;
/** The same, where others still encrypt under the shared key that serves on. */
const SOON_MS = 5_000;

/** Who asks for a shared data key to be unwrapped. */
const ORIGIN: RequestOrigin = { tenant: 'shared data keys', caller: '' };

/** Stands for an attempt that was no better than what is there. */
const NO_BETTER = new Error(
  'The new data key is wrapped by no more keys than the one that it was to replace.',
);

/** The data key to encrypt under. */
export interface NextDataKey {
  readonly dataKey: DataKey;
  /** When to look for its replacement. */
  readonly refreshInMs: number;
}

/** What a {@link DataKeySource} is made of. */
export interface DataKeySourceParts {
  readonly keyring: Keyring;
  readonly limits: DataKeyLimits;
  readonly clock: Clock;
  readonly telemetry: Telemetry | undefined;
  /** Ends what is under way. */
  readonly closed: AbortSignal;
  /** Called with each data key that was made here, before it is used. */
  readonly onCreated: (dataKey: DataKey) => void;
  /** Where data keys are shared, and what unwraps those of others. */
  readonly sharing?: { readonly exchange: DataKeyExchange; readonly decoding: DecodingKeys } | undefined;
}

/** Where data keys come from: made here, or shared with a fleet while that can be asked. */
export class DataKeySource {
  readonly #parts: DataKeySourceParts;
  #joined: DataKeySeat | undefined;
  /** Before that the exchange is not asked again. */
  #askAtMs = -Infinity;
  /** Until then a key that was made here is not replaced by another one. */
  #ownUntilMs = 0;

  constructor(parts: DataKeySourceParts) {
    this.#parts = parts;
  }

  /** The place in the exchange, which is taken once something is to be encrypted; `undefined` without one. */
  #seat(): DataKeySeat | undefined {
    const { keyring, limits, sharing, telemetry, closed } = this.#parts;
    if (sharing === undefined || limits.maxMessages === 1 || keyring.primaryKeyId === undefined)
      return undefined;
    const wrapping = keyring.entries().filter(({ role }) => role !== 'decryptOnly');
    this.#joined ??= sharing.exchange.join({
      keyIds: wrapping.map(({ key }) => key.id),
      wrapPolicy: keyring.wrapPolicy,
      limits,
      keyServiceMs: keyring.guard.request.totalTimeoutMs,
      vault: wrapping.some(({ key }) => key.bindsAad)
        ? vaultOf(keyring, ORIGIN, { signal: closed, telemetry })
        : undefined,
    });
    return this.#joined;
  }

  /**
   * The data key for what comes next: the current one, with another part of it or as it is, or a replacement.
   *
   * @param bytes of the payload that waits; 0 where none does
   * @throws KeyServiceError and ConfigurationError, when none can be wrapped, or none may be shared
   */
  async next(current: DataKey | undefined, bytes: number): Promise<NextDataKey> {
    const { clock, limits } = this.#parts;
    const seat = this.#seat();
    const mayAsk = seat !== undefined && bytes <= limits.maxBytes && clock.now() >= this.#askAtMs;
    const shared = mayAsk ? await this.#nextShared(seat, current, bytes) : undefined;
    if (shared !== undefined) return shared;
    const askInMs = seat === undefined ? Infinity : Math.max(0, this.#askAtMs - clock.now());
    if (seat !== undefined && current !== undefined && this.#servesOn(current, bytes)) {
      return { dataKey: current, refreshInMs: askInMs };
    }
    const dataKey = await this.create();
    const refreshInMs = this.#refreshDelayMs(dataKey);
    this.#ownUntilMs = clock.now() + refreshInMs;
    if (seat !== undefined) this.#tell('own');
    return { dataKey, refreshInMs: Math.min(refreshInMs, askInMs) };
  }

  /**
   * Makes a data key that nobody else has.
   *
   * @throws KeyServiceError and ConfigurationError, when it cannot be wrapped
   */
  async create(): Promise<DataKey> {
    const { clock, limits } = this.#parts;
    // Waiting counts as age.
    const createdAtMs = clock.now();
    const room = { messages: limits.maxMessages, bytes: limits.maxBytes };
    return this.#use(await this.#wrapNew(), createdAtMs, room);
  }

  /** How long to wait after an attempt that failed. */
  retryDelayMs(mostMs = RETRY_MS): number {
    return Math.min(mostMs, this.#parts.limits.maxAgeMs) * (0.5 + 0.5 * Math.random());
  }

  /** @returns `undefined` where the exchange gave none, and none was made for it */
  async #nextShared(
    seat: DataKeySeat,
    current: DataKey | undefined,
    bytes: number,
  ): Promise<NextDataKey | undefined> {
    const { clock, closed } = this.#parts;
    const holds = current && this.#held(current);
    let made: DataKey | undefined;
    let failure: Error | undefined;
    const make = async (grant: DataKeyRoom): Promise<Uint8Array> => {
      const createdAtMs = clock.now();
      try {
        const wrapped = await this.#wrapNew();
        const isBetter = wrapped.wrappedKeys.length > (current?.wrappedKeys.length ?? 0);
        if (holds?.isIncomplete === true && !isBetter) throw NO_BETTER;
        const sharedAs = announce(wrapped);
        made = this.#use(wrapped, createdAtMs, grant, sharedAs);
        return sharedAs;
      } catch (error) {
        if (error !== NO_BETTER) failure = error as Error;
        throw error;
      }
    };
    try {
      const grant = await seat.take({ bytes, holds, make, signal: closed });
      const dataKey = await this.#keyOf(grant, current, made);
      this.#tell('shared');
      const retryMs = this.#lacksWraps(dataKey) ? this.retryDelayMs() : Infinity;
      return { dataKey, refreshInMs: Math.min(retryMs, grant.askAgainMs) };
    } catch {
      closed.throwIfAborted();
      const retryMs = this.retryDelayMs(current?.isShared === true ? SOON_MS : RETRY_MS);
      this.#askAtMs = clock.now() + retryMs;
      if (failure !== undefined) throw failure;
      // The others may know it or not: no more than the part that was set aside is used of it.
      return made === undefined ? undefined : { dataKey: made, refreshInMs: retryMs };
    }
  }

  async #keyOf(grant: DataKeyGrant, ...known: readonly (DataKey | undefined)[]): Promise<DataKey> {
    const createdAtMs = this.#parts.clock.now() - grant.ageMs;
    const [current, made] = known.map((key) =>
      key?.sharedAs !== undefined && asBuffer(key.sharedAs).equals(grant.key) ? key : undefined,
    );
    current?.extend(grant, createdAtMs);
    return made ?? current ?? this.#open(grant, createdAtMs);
  }

  #held(current: DataKey): HeldDataKey | undefined {
    const { sharedAs: key, isNearlyUsedUp } = current;
    return key && { key, isNearlyUsedUp, isIncomplete: this.#lacksWraps(current) };
  }

  /** The data key of another process, by way of what decodes its payloads. */
  async #open(grant: DataKeyGrant, createdAtMs: number): Promise<DataKey> {
    const { keyring, sharing, closed } = this.#parts;
    if (sharing === undefined) throw new DecryptionError();
    const { envelope, check } = parseAnnouncement(grant.key);
    const { request, hedgeAfterMs } = keyring.guard;
    const deadline = new Deadline(request.totalTimeoutMs, closed);
    try {
      const [candidates, waiter] = [findCandidates(envelope, keyring), { origin: ORIGIN }];
      const search = new DataKeySearch({
        candidates,
        keys: sharing.decoding,
        waiter,
        deadline,
        hedgeAfterMs,
      });
      const secret = await search.open(envelope, check);
      return new DataKey(secret, envelope.wrappedKeys, createdAtMs, grant, grant.key);
    } finally {
      deadline.end();
    }
  }

  #wrapNew(): Promise<WrappedSecret> {
    const { keyring, telemetry, closed: signal } = this.#parts;
    return endOnAbort(createWrappedSecret(keyring, { signal, telemetry }), signal);
  }

  #use(
    { secret, wrappedKeys }: WrappedSecret,
    createdAtMs: number,
    room: DataKeyRoom,
    sharedAs?: Uint8Array,
  ): DataKey {
    const dataKey = new DataKey(secret, wrappedKeys, createdAtMs, room, sharedAs);
    this.#parts.onCreated(dataKey);
    return dataKey;
  }

  /** Whether the current key is to be used on while the exchange has nothing to give. */
  #servesOn(current: DataKey, bytes: number): boolean {
    const now = this.#parts.clock.now();
    if (!current.hasRoomFor(bytes)) return false;
    if (current.isShared) return now - current.createdAtMs < this.#parts.limits.maxAgeMs;
    return now < this.#ownUntilMs && !current.isNearlyUsedUp;
  }

  #lacksWraps({ wrappedKeys }: DataKey): boolean {
    return wrappedKeys.length < this.#parts.keyring.wrapCount;
  }

  #refreshDelayMs(dataKey: DataKey): number {
    // `wrapPolicy: 'atLeastOne'`: one that lacks a wrap is replaced soon.
    if (this.#lacksWraps(dataKey)) return this.retryDelayMs();
    return this.#parts.limits.maxAgeMs * (REFRESH_AT - JITTER * Math.random());
  }

  #tell(from: 'shared' | 'own'): void {
    notify(() => this.#parts.telemetry?.dataKeyTaken?.(from));
  }
}
