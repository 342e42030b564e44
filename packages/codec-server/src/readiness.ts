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
  const answer: unknown = await withinASecond(readiness, false);
  return answer === true;
}

/** What is answered of one key, by what is known of it. Only the first is a yes. */
const KEY_ANSWERS = {
  usable: [200, 'this key is configured here and can be used\n'],
  unknown: [404, 'no key of that ID is configured here\n'],
  unavailable: [503, 'the key is configured here, and its service does not answer\n'],
  refused: [503, 'the key is configured here, and its service refuses\n'],
} as const satisfies Readonly<Record<KeyState | 'unknown', readonly [number, string]>>;

const NOT_TOLD = [404, 'this server does not tell of single keys\n'] as const;

/**
 * Asks whether a key is configured for reading and can be used. What fails, or takes longer than a second,
 * counts as a service that does not answer.
 *
 * @param keyId what the caller says: compared, never shown
 * @returns status and text of the answer
 */
export async function keyAnswer(
  readiness: Readiness | undefined,
  keyId: string,
): Promise<readonly [200 | 404 | 503, string]> {
  const { ofKey } = (readiness ?? {}) as Partial<KeyReadiness>;
  if (typeof ofKey !== 'function') return NOT_TOLD;
  return KEY_ANSWERS[await withinASecond(() => ofKey(keyId), 'unavailable')];
}

async function withinASecond<T>(ask: () => T | Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<T>((resolve) => {
      timer = setTimeout(() => {
        resolve(otherwise);
      }, LIMIT_MS);
    });
    return await Promise.race([ask(), late]);
  } catch {
    return otherwise;
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
export function keyReadiness(keyrings: readonly Keyring[], options: KeyReadinessOptions = {}): KeyReadiness {
  const intervalMs = msToNumber(options.interval ?? '30s');
  const timeoutMs = msToNumber(options.timeout ?? '3s');
  const entries = keyrings.flatMap((keyring) => keyring.entries());
  const states = new Map<KeyringEntry, KeyState>();
  let isUsable = false;
  let askedAt = -Infinity;
  let asking: Promise<void> | undefined;

  const check = async (entry: KeyringEntry): Promise<void> => {
    const asked = withDeadline(timeoutMs, undefined, (signal) => checkKey(entry, signal));
    states.set(entry, await asked.catch(() => 'unavailable' as const));
  };
  const ask = async (): Promise<void> => {
    await Promise.all(entries.map(check));
    const all = [...states.values()];
    if (all.includes('usable')) isUsable = true;
    else if (all.every((state) => state === 'refused')) isUsable = false;
  };
  const askWhenDue = (): void => {
    const waitMs = isUsable ? intervalMs : Math.min(intervalMs, RETRY_MS);
    if (asking !== undefined || performance.now() - askedAt < waitMs) return;
    askedAt = performance.now();
    asking = ask().finally(() => {
      asking = undefined;
    });
  };

  const readiness = async (): Promise<boolean> => {
    askWhenDue();
    if (!isUsable) await asking;
    return isUsable;
  };
  const ofKey = async (keyId: string): Promise<KeyState | 'unknown'> => {
    // Not by owns(): of an alias that is not resolved, every key of the account may be a version.
    const own = entries.filter(({ key }) => key.id === keyId);
    if (own.length === 0) return 'unknown';
    const worst = (): KeyState | undefined =>
      own.map((entry) => states.get(entry)).find((state) => state !== 'usable') ??
      (own.every((entry) => states.has(entry)) ? 'usable' : undefined);
    askWhenDue();
    if (worst() !== 'usable') await asking;
    return worst() ?? 'unavailable';
  };
  return Object.assign(readiness, { ofKey });
}

/** What {@link keyReadiness} gives: it tells of single keys too. */
export interface KeyReadiness {
  (): Promise<boolean>;
  /**
   * Whether a key can be used, as far as was last asked; `unknown` where no keyring has a key of exactly that
   * ID, of which no service is asked.
   */
  ofKey(keyId: string): Promise<'usable' | 'unavailable' | 'refused' | 'unknown'>;
}

/**
 * Whether requests can be answered at present; a rejection means that they cannot. It must answer within a
 * second.
 */
export type Readiness = () => boolean | Promise<boolean>;
