import type { KeyObject } from 'node:crypto';
import { onAbort, type Deadline } from '../base/deadline';
import { DecryptionError, UnknownKeyError } from '../base/errors';
import { KeyServiceError } from '../base/key-service-error';
import { isPauseDue, pause } from '../base/clock';
import { isCommittedTo } from '../envelope/cipher';
import type { Envelope } from '../envelope/envelope';
import { isFruitless } from '../keyring/guarded-key';
import type { Keyring } from '../keyring/keyring';
import { nameOf, type Candidate, type DecodingKeys, type Waiter } from './decoding-keys';

/** One or more, in the order of the envelope. */
export type Candidates = readonly [Candidate, ...Candidate[]];

/**
 * The wrapped keys of an envelope that the keyring can unwrap: one for each configured key, however many of
 * an envelope's key IDs that key takes for its own. Of those, the one that has the key's very ID, else the
 * first.
 *
 * @throws UnknownKeyError when there is none
 */
export function findCandidates(envelope: Envelope, keyring: Keyring): Candidates {
  const candidates: Candidate[] = [];
  for (const wrapped of envelope.wrappedKeys) {
    const kek = keyring.findGuarded(wrapped.keyId);
    if (kek === undefined) continue;
    // Nearly all envelopes have one wrapped key.
    const known = candidates.length === 0 ? -1 : candidates.findIndex((candidate) => candidate.kek === kek);
    if (known === -1) candidates.push({ kek, wrapped });
    else if (wrapped.keyId === kek.key.id) candidates[known] = { kek, wrapped };
  }
  const [first] = candidates;
  if (first === undefined) throw new UnknownKeyError(envelope.wrappedKeys[0].keyId);
  return candidates as [Candidate, ...Candidate[]];
}

/** A data key, and where it comes from. */
interface FoundDataKey {
  readonly dataKey: KeyObject;
  /** `undefined` for one from memory that the key services could not be asked about. */
  readonly from: Candidate | undefined;
}

/** What a search takes besides the envelope. */
interface SearchSettings {
  readonly candidates: Candidates;
  readonly keys: DecodingKeys;
  readonly waiter: Omit<Waiter, 'signal' | 'onBegun'>;
  /** Of the call that waits. */
  readonly deadline: Deadline;
  /** How long one key service is waited for before the next is asked too. */
  readonly hedgeAfterMs: number;
}

/**
 * Opens envelopes that have the same wrapped keys. The data key comes from the key services that can unwrap
 * it: those first that answered the last time, and the next one also when one takes long. What a service
 * unwraps counts where the envelope is committed to it; nothing else ends the search (docs/spec/envelope.md
 * §6, step 4). While none of them answers, a data key that is still in memory is used on.
 */
export class DataKeySearch {
  readonly #settings: SearchSettings;
  #found: FoundDataKey | undefined;

  constructor(settings: SearchSettings) {
    this.#settings = settings;
  }

  /**
   * Opens one envelope: under the data key that opened the one before, else under one that is searched for.
   *
   * @param open gives `undefined` where the envelope was sealed under another data key
   * @throws DecryptionError when no service gave the data key, and one has unwrapped something else
   * @throws KeyServiceError when none has unwrapped. With several keys its `attempts` has what each said; its
   *   reason is one that may pass, where there is one.
   * @throws the reason of the deadline's signal, where that was aborted before its time
   * @throws what `open` throws
   */
  async open<T>(envelope: Envelope, open: (dataKey: KeyObject) => T | undefined): Promise<T> {
    const again = this.#found && (await this.#try(this.#found, open));
    if (again !== undefined) return again;
    const found = await this.#search(envelope);
    const opened = await this.#try(found, open);
    if (opened === undefined) throw new DecryptionError();
    if (found.from !== undefined) this.#settings.keys.keep(found.from, found.dataKey);
    this.#found = found;
    return opened;
  }

  /** Opens when it is its turn; counts a data key that opens nothing. */
  async #try<T>(
    { dataKey, from }: FoundDataKey,
    open: (dataKey: KeyObject) => T | undefined,
  ): Promise<T | undefined> {
    while (isPauseDue()) await pause();
    try {
      return open(dataKey);
    } catch (error) {
      if (isFruitless(error)) from?.kek.noteUnopened(this.#settings.waiter.origin);
      throw error;
    }
  }

  async #search(envelope: Envelope): Promise<FoundDataKey> {
    const { candidates, waiter, deadline, hedgeAfterMs } = this.#settings;
    const failures = new Map<Candidate, unknown>();
    if (hasPassed(deadline)) return this.#inMemory(envelope, failures);
    const ordered = candidates.toSorted(
      (a, b) =>
        Number(b.kek.isHealthyFor(waiter.origin.tenant)) - Number(a.kek.isHealthyFor(waiter.origin.tenant)),
    );
    const race = ordered.length === 1 ? undefined : new AbortController();
    const unlink =
      race &&
      onAbort(deadline.signal, () => {
        race.abort(deadline.signal.reason);
      });
    const signal = race?.signal ?? deadline.signal;
    const ask = (candidate: Candidate, onBegun?: () => void): Promise<FoundDataKey> =>
      this.#ask(envelope, candidate, signal, failures, onBegun);
    try {
      return await (race === undefined ? ask(candidates[0]) : firstToSucceed(ordered, ask, hedgeAfterMs));
    } catch (error) {
      if (deadline.signal.aborted && !hasPassed(deadline)) throw error;
      return this.#inMemory(envelope, failures);
    } finally {
      unlink?.();
      // Those that were slower leave the queue.
      race?.abort(SLOWER);
    }
  }

  async #ask(
    envelope: Envelope,
    candidate: Candidate,
    signal: AbortSignal,
    failures: Map<Candidate, unknown>,
    onBegun: (() => void) | undefined,
  ): Promise<FoundDataKey> {
    signal.throwIfAborted();
    const { keys, waiter } = this.#settings;
    let isAsked = false as boolean;
    const begun = (): void => {
      isAsked = true;
      onBegun?.();
    };
    let error: unknown;
    try {
      const dataKey = await keys.unwrap(candidate, { ...waiter, signal, onBegun: begun });
      if (isCommittedTo(envelope, dataKey)) return { dataKey, from: candidate };
      error = new DecryptionError();
      if (isAsked) candidate.kek.noteUnopened(waiter.origin);
    } catch (thrown) {
      error = thrown;
    }
    // Whoever gave up waiting has not learnt what the service says.
    if (!signal.aborted || error !== signal.reason) failures.set(candidate, error);
    throw error;
  }

  /** A data key from memory that is past its time, where its service could not be asked and none refused. */
  #inMemory(envelope: Envelope, failures: Map<Candidate, unknown>): FoundDataKey {
    const { candidates, keys, deadline } = this.#settings;
    const errors = [...failures.values()];
    if (errors.every((error) => error instanceof DecryptionError || mayPass(error))) {
      for (const candidate of candidates) {
        if (failures.get(candidate) instanceof DecryptionError) continue;
        const dataKey = keys.getStale(candidate);
        if (dataKey !== undefined && isCommittedTo(envelope, dataKey)) return { dataKey, from: undefined };
      }
    }
    if (deadline.isPast) errors.push(new KeyServiceError(candidates[0].wrapped.keyId, 'timeout'));
    throw failureOf(errors);
  }
}

/** Why a key service is no longer asked. */
const SLOWER = new Error('Another key has unwrapped the data key.');
/**
 * Asks one after the other, and the next one also when an answer takes long; the first success counts. What
 * is asked goes on when another was faster.
 *
 * @param items one or more
 * @param ask asks one; calls back when that begins, which it may have to wait for
 * @param nextAfterMs how long to wait for one, from when it began, before the next is asked too
 * @throws what the last of them rejected with, when none succeeds
 */
export function firstToSucceed<Item, Result>(
  items: readonly Item[],
  ask: (item: Item, onBegun: () => void) => Promise<Result>,
  nextAfterMs: number,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    let asked = 0;
    let pending = 0;
    let timer: NodeJS.Timeout | undefined;
    const askNext = (): void => {
      clearTimeout(timer);
      const item = items[asked];
      if (item === undefined) return;
      const number = ++asked;
      pending += 1;
      const onBegun = (): void => {
        if (asked === number && number < items.length) timer = setTimeout(askNext, nextAfterMs);
      };
      ask(item, onBegun).then(
        (result) => {
          clearTimeout(timer);
          // No further key is asked.
          asked = items.length;
          resolve(result);
        },
        (error: unknown) => {
          pending -= 1;
          if (asked < items.length) askNext();
          else if (pending === 0) reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    };
    askNext();
  });
}

function hasPassed({ isPast }: Deadline): boolean {
  return isPast;
}

function mayPass(error: unknown): boolean {
  return error instanceof KeyServiceError && error.retryable;
}

/** What is told of what all candidates said: first what is no key service's doing, such as a closed codec. */
function failureOf(errors: readonly unknown[]): unknown {
  const attempts = errors.filter((error) => error instanceof KeyServiceError);
  const others = errors.filter((error) => !(error instanceof KeyServiceError));
  const first = attempts[0];
  if (first === undefined || others.length > 0) {
    return others.find((error) => !(error instanceof DecryptionError)) ?? others[0];
  }
  if (errors.length === 1) return first;
  const telling = attempts.find(mayPass) ?? first;
  return new KeyServiceError(telling.keyId, telling.reason, { cause: telling.cause, attempts });
}

/** What tells the wrapped keys of an envelope from those of another. */
export function namesOf(candidates: Candidates): string {
  const [first] = candidates;
  if (candidates.length === 1) return nameOf(first);
  return JSON.stringify(candidates.map((each) => nameOf(each)));
}
