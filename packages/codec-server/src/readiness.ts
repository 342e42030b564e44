import { performance } from 'node:perf_hooks';
import type { Duration } from '@temporalio/common';
import { msToNumber } from '@temporalio/common/lib/time';
import { isWaxsealError, KeyServiceError, type Keyring } from '@waxseal/core';
import { withDeadline } from '@waxseal/core/provider';
import { WRAP_AAD, type KeyringEntry } from '@waxseal/core/internal';

/** What a check of a key says: it can be used, its service does not answer, or it refuses. */
type KeyState = 'usable' | 'unavailable' | 'refused';

const OUTAGE: ReadonlySet<string> = new Set(['throttled', 'unavailable', 'timeout']);

/**
 * Asks the service of a key whether it can be used, without encrypting or decrypting anything. A key counts
 * as usable where its provider cannot ask, or the service refuses the question: who may unwrap need not have
 * the right to look at the key, or at rights. A login or token that is refused is a refusal.
 *
 * @param signal ends the question
 */
export async function checkKey({ key, role }: KeyringEntry, signal: AbortSignal): Promise<KeyState> {
  const permissions = await ask(() => key.checkPermissions?.(WRAP_AAD, { signal }));
  if (typeof permissions === 'string') return permissions;
  const needed = [permissions?.unwrap, ...(role === 'decryptOnly' ? [] : [permissions?.wrap])];
  const refusals = needed.flatMap((permission) => (permission?.allowed === false ? [permission.error] : []));
  if (refusals.length > 0) return refusals.some(isOutage) ? 'unavailable' : 'refused';
  const description = await ask(() => key.describe?.({ signal }));
  if (typeof description === 'string') return description;
  return description?.isUsable === false ? 'refused' : 'usable';
}

/** An answer of the service; undefined where the question cannot be asked, or is refused. */
async function ask<T>(question: () => Promise<T> | undefined): Promise<T | KeyState | undefined> {
  try {
    return await question();
  } catch (error) {
    const isRightMissing = error instanceof KeyServiceError && error.reason === 'denied';
    if (isRightMissing && !error.isUnauthenticated) return undefined;
    return isOutage(error) || !isWaxsealError(error) ? 'unavailable' : 'refused';
  }
}

function isOutage(error: unknown): boolean {
  return error instanceof KeyServiceError && OUTAGE.has(error.reason);
}

const LIMIT_MS = 1_000;

/** Asks whether requests can be answered. What fails, or takes longer than a second, counts as no. */
export async function isReady(readiness: Readiness | undefined): Promise<boolean> {
  if (readiness === undefined) return true;
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => {
        resolve(false);
      }, LIMIT_MS);
    });
    const answer: unknown = await Promise.race([readiness(), late]);
    return answer === true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

const RETRY_MS = 2_000;

/** What {@link keyReadiness} takes beside keyrings. */
export interface KeyReadinessOptions {
  /** How long an answer serves before the services are asked again. Default: `'30s'`. */
  readonly interval?: Duration;
  /** How long a key service may take. Default: `'3s'`. */
  readonly timeout?: Duration;
}

/**
 * A {@link Readiness} that says whether keys can be used. It is not ready before one key of the keyrings
 * could be used, and when all services refuse (a right that was taken away, a key that is disabled). It stays
 * ready while services do not answer: data keys in memory still open payloads, and taking every replica out
 * would end that too.
 *
 * The services are asked in the background, at most once an interval, and only when `/readyz` is asked; keys
 * are asked by `checkPermissions` and `describe`, where their provider has them.
 *
 * @param keyrings at least one
 */
export function keyReadiness(keyrings: readonly Keyring[], options: KeyReadinessOptions = {}): Readiness {
  const intervalMs = msToNumber(options.interval ?? '30s');
  const timeoutMs = msToNumber(options.timeout ?? '3s');
  let isUsable = false;
  let askedAt = -Infinity;
  let asking: Promise<void> | undefined;

  const ask = async (): Promise<void> => {
    const entries = keyrings.flatMap((keyring) => keyring.entries());
    const check = (entry: KeyringEntry): Promise<KeyState> =>
      withDeadline(timeoutMs, undefined, (signal) => checkKey(entry, signal)).catch(() => 'unavailable');
    const states = await Promise.all(entries.map(check));
    if (states.includes('usable')) isUsable = true;
    else if (states.every((state) => state === 'refused')) isUsable = false;
  };

  return async () => {
    const waitMs = isUsable ? intervalMs : Math.min(intervalMs, RETRY_MS);
    if (asking === undefined && performance.now() - askedAt >= waitMs) {
      askedAt = performance.now();
      asking = ask().finally(() => {
        asking = undefined;
      });
    }
    if (!isUsable) await asking;
    return isUsable;
  };
}

/**
 * Whether requests can be answered at present; a rejection means that they cannot. It must answer within a
 * second.
 */
export type Readiness = () => boolean | Promise<boolean>;
