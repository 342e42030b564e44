import type { KeyObject } from 'node:crypto';
import { onAbort, type Deadline } from '../base/deadline';
import { DecryptionError, UnknownKeyError } from '../base/errors';
import { KeyServiceError } from '../base/key-service-error';
import { isCommittedTo } from '../envelope/cipher';
import type { Envelope } from '../envelope/envelope';
import type { Keyring } from '../keyring/keyring';
import type { Candidate, DecodingKeys, Waiter } from './decoding-keys';

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
export interface FoundDataKey {
  readonly dataKey: KeyObject;
  /** `undefined` for one from memory that the key services could not be asked about. */
  readonly from: Candidate | undefined;
}

/**
 * The data key of an envelope, from the key services that can unwrap it: those first that answered the last
 * time, and the next one also when one takes long from when it is asked. What a service unwraps counts where
 * the envelope is committed to it; nothing else ends the search (docs/spec/envelope.md §6, step 4).
 *
 * While none of them answers, a data key that is still in memory is used on.
 *
 * @param deadline of the call that waits
 * @throws DecryptionError when none gave it, and a service has unwrapped something else
 * @throws KeyServiceError when none has unwrapped. With several keys its `attempts` has what each said; its
 *   reason is one that may pass, where there is one.
 * @throws the reason of the deadline's signal, where that was aborted before its time
 */
export async function unwrapDataKey(
  envelope: Envelope,
  candidates: Candidates,
  decodingKeys: DecodingKeys,
  waiter: Omit<Waiter, 'signal' | 'onBegun'>,
  deadline: Deadline,
  hedgeAfterMs: number,
): Promise<FoundDataKey> {
  const { origin } = waiter;
  const { tenant } = origin;
  const ordered = candidates.toSorted(
    (a, b) => Number(b.kek.isHealthyFor(tenant)) - Number(a.kek.isHealthyFor(tenant)),
  );
  const errors: unknown[] = [];
  const fallBack = (): FoundDataKey => inMemory(envelope, candidates, decodingKeys, errors, deadline);
  if (hasPassed(deadline)) return fallBack();
  const race = ordered.length === 1 ? undefined : new AbortController();
  const unlink =
    race &&
    onAbort(deadline.signal, () => {
      race.abort(deadline.signal.reason);
    });
  const signal = race?.signal ?? deadline.signal;
  const ask = async (candidate: Candidate, onBegun?: () => void): Promise<FoundDataKey> => {
    try {
      const dataKey = await decodingKeys.unwrap(candidate, { ...waiter, signal, onBegun });
      if (!isCommittedTo(envelope, dataKey)) throw new DecryptionError();
      return { dataKey, from: candidate };
    } catch (error) {
      if (error instanceof DecryptionError) candidate.kek.noteUnopened(origin);
      if (error !== deadline.signal.reason) errors.push(error);
      throw error;
    }
  };
  try {
    return await (race === undefined ? ask(candidates[0]) : firstToSucceed(ordered, ask, hedgeAfterMs));
  } catch (error) {
    if (deadline.signal.aborted && !hasPassed(deadline)) throw error;
    return fallBack();
  } finally {
    unlink?.();
    // Those that were slower leave the queue.
    race?.abort(SLOWER);
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

/**
 * A data key from memory that is due to be asked for again, where no service could be asked, and none
 * refused.
 */
function inMemory(
  envelope: Envelope,
  candidates: Candidates,
  decodingKeys: DecodingKeys,
  errors: unknown[],
  { isPast }: Deadline,
): FoundDataKey {
  if (isPast) errors.push(new KeyServiceError(candidates[0].wrapped.keyId, 'timeout'));
  const isRefused = errors.some((error) => error instanceof KeyServiceError && !error.retryable);
  if (!isRefused) {
    for (const candidate of candidates) {
      const dataKey = decodingKeys.getStale(candidate);
      if (dataKey !== undefined && isCommittedTo(envelope, dataKey)) return { dataKey, from: undefined };
    }
  }
  throw failureOf(errors);
}

function failureOf(errors: readonly unknown[]): unknown {
  const unopened = errors.find((error) => error instanceof DecryptionError);
  if (unopened !== undefined) return unopened;
  const attempts = errors.filter((error) => error instanceof KeyServiceError);
  const [first] = attempts;
  if (errors.length === 1 || first === undefined) return errors[0];
  const telling = attempts.find(({ retryable }) => retryable) ?? first;
  return new KeyServiceError(telling.keyId, telling.reason, { cause: telling.cause, attempts });
}
