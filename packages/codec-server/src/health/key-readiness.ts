import { performance } from 'node:perf_hooks';
import type { Duration } from '@temporalio/common';
import { msToNumber } from '@temporalio/common/lib/time';
import { withDeadline, type Keyring, type KeyringEntry } from '@waxseal/core';
import { checkKey, type KeyState } from './check-key';
import type { Readiness } from './readiness';

const RETRY_MS = 2_000;

/** What {@link keyReadiness} takes beside keyrings. */
export interface KeyReadinessOptions {
  /** How long an answer serves before the services are asked again. Default: `'30s'`. */
  readonly interval?: Duration;
  /** How long a key service may take. Default: `'3s'`. */
  readonly timeout?: Duration;
}

/**
 * A {@link Readiness} that says whether keys can be used. It is not ready before one key of the keyrings could be used, and
 * when all services refuse (a right that was taken away, a key that is disabled). It stays ready while services do not answer:
 * data keys in memory still open payloads, and taking every replica out would end that too.
 *
 * The services are asked in the background, at most once an interval, and only when somebody asks; keys are asked by
 * `checkPermissions` and `describe`, where their provider has them.
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
