import type { KeyObject } from 'node:crypto';

import type { DecodingKeys } from '../data-keys/decoding-keys';
import { KeyServiceError } from '../errors/key-service-error';
import { endOnAbort } from '../base/deadline';
import type { KeyGuardLimits } from '../keyring/key-guard-limits';
import type { Candidates } from './find-candidates';
import { firstToSucceed } from './first-to-succeed';

/**
 * The data key of an envelope, from the key services that can unwrap it: those first that answered the last time, and the
 * next one also when one takes long.
 *
 * While none of them answers, a data key that is still in memory is used on.
 *
 * @throws KeyServiceError or DecryptionError when none did. With several keys its `attempts` has what each said; its reason is
 *   one that may pass, where there is one.
 */
export async function unwrapDataKey(
  candidates: Candidates,
  decodingKeys: DecodingKeys,
  { totalTimeoutMs, askNextAfterMs }: KeyGuardLimits,
): Promise<KeyObject> {
  const ordered = candidates.toSorted((a, b) => Number(b.kek.isHealthy) - Number(a.kek.isHealthy));
  const errors: unknown[] = [];
  const signal = AbortSignal.timeout(totalTimeoutMs);
  const ask = async ({ kek, wrapped }: Candidates[number]): Promise<KeyObject> => {
    try {
      return await decodingKeys.unwrap(kek, wrapped);
    } catch (error) {
      errors.push(error);
      throw error;
    }
  };
  try {
    return await endOnAbort(firstToSucceed(ordered, ask, askNextAfterMs), signal);
  } catch {
    if (signal.aborted) errors.push(new KeyServiceError(candidates[0].wrapped.keyId, 'timeout'));
    return staleKey(candidates, decodingKeys, errors) ?? raise(failureOf(errors));
  }
}

/** A data key from memory that is due to be asked for again, where no service could be asked, and none refused. */
function staleKey(
  candidates: Candidates,
  decodingKeys: DecodingKeys,
  errors: readonly unknown[],
): KeyObject | undefined {
  if (!errors.every((error) => error instanceof KeyServiceError && error.retryable)) return undefined;
  for (const { wrapped } of candidates) {
    const stale = decodingKeys.getStale(wrapped);
    if (stale !== undefined) return stale;
  }
  return undefined;
}

function raise(error: unknown): never {
  throw error;
}

function failureOf(errors: readonly unknown[]): unknown {
  const attempts = errors.filter((error) => error instanceof KeyServiceError);
  const [first] = attempts;
  if (errors.length === 1 || first === undefined) return errors[0];
  const telling = attempts.find(({ retryable }) => retryable) ?? first;
  return new KeyServiceError(telling.keyId, telling.reason, { cause: telling.cause, attempts });
}
