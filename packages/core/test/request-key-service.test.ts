import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';
import { rejectionOf } from '@waxseal/test-support';

import type { KeyServiceErrorReason } from '../src';
import {
  KeyServiceAnswerError,
  requestKeyService,
  type KeyRequestLimits,
  type KeyServiceRequest,
} from '../src/provider';

class ServiceError extends Error {
  readonly reason: KeyServiceErrorReason;
  constructor(reason: KeyServiceErrorReason) {
    super('token=abc');
    this.reason = reason;
  }
}

function ask(
  attempt: KeyServiceRequest<string>['attempt'],
  limits: Partial<KeyRequestLimits> = {},
  signal?: AbortSignal,
): Promise<string> {
  return requestKeyService({
    keyId: 'k',
    options: signal === undefined ? { limits } : { signal, limits },
    attempt,
    explain: (error) =>
      error instanceof ServiceError
        ? { reason: error.reason, cause: new Error('without the token') }
        : { reason: 'unknown', cause: undefined },
  });
}

/** Fails with each of `reasons` in turn, then succeeds. */
function failing(...reasons: KeyServiceErrorReason[]): {
  attempt: () => Promise<string>;
  count: () => number;
} {
  let count = 0;
  return {
    attempt: () => {
      const reason = reasons[count++];
      return reason === undefined ? Promise.resolve('done') : Promise.reject(new ServiceError(reason));
    },
    count: () => count,
  };
}

const never = (): Promise<never> => new Promise(() => undefined);

describe('requestKeyService', () => {
  it.each(['throttled', 'unavailable', 'timeout'] as const)('asks again after %s', async (reason) => {
    const service = failing(reason, reason);
    expect(await ask(service.attempt)).toBe('done');
    expect(service.count()).toBe(3);
  });

  it.each(['denied', 'not-found', 'disabled', 'rejected-ciphertext', 'unknown'] as const)(
    'does not ask again after %s, and gives it as the reason',
    async (reason) => {
      const service = failing(reason);
      const error = await rejectionOf(() => ask(service.attempt));
      expect(error).toMatchObject({
        code: 'WAXSEAL_KEY_SERVICE',
        keyId: 'k',
        reason,
        cause: { message: 'without the token' },
      });
      expect(error.message).not.toContain('token');
      expect(service.count()).toBe(1);
    },
  );

  it('does not ask what an answer means that says so itself', async () => {
    const answer = new KeyServiceAnswerError('no data key', 'rejected-ciphertext');
    const error = await rejectionOf(() => ask(() => Promise.reject(answer)));
    expect(error).toMatchObject({ reason: 'rejected-ciphertext' });
    expect(error.cause).toBe(answer);
  });

  it('does not pass on an error that comes together with the end of the attempt', async () => {
    const caller = new AbortController();
    const attempt = (): Promise<never> => {
      const failed = Promise.reject(new ServiceError('denied'));
      failed.catch(() => {
        // After the attempt's end was seen, and before anything came of it.
        queueMicrotask(() => {
          caller.abort();
        });
      });
      return failed;
    };
    const error = await rejectionOf(() => ask(attempt, {}, caller.signal));
    expect(error).toMatchObject({ reason: 'unavailable' });
    expect(inspect(error, { depth: 9 })).not.toContain('token=abc');
  });

  it('gives up after maxAttempts, with the last reason', async () => {
    const service = failing('throttled', 'unavailable', 'throttled');
    expect(await rejectionOf(() => ask(service.attempt, { maxAttempts: 2 }))).toMatchObject({
      reason: 'unavailable',
    });
    expect(service.count()).toBe(2);
  });

  it('ends an attempt at its deadline and asks again, though the service ignores the signal', async () => {
    let count = 0;
    const answer = await ask(() => (++count === 1 ? never() : Promise.resolve('done')), {
      attemptTimeoutMs: 20,
    });
    expect([answer, count]).toEqual(['done', 2]);
  });

  it('ends all attempts at the total deadline', async () => {
    let count = 0;
    const started = performance.now();
    const attempt = (): Promise<never> => {
      count += 1;
      return never();
    };
    const error = await rejectionOf(() =>
      ask(attempt, { attemptTimeoutMs: 10_000, totalTimeoutMs: 40, maxAttempts: 10 }),
    );
    expect(error).toMatchObject({ reason: 'timeout', retryable: true });
    expect(count).toBe(1);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it("ends at once when the caller's signal is aborted: before, during, between", async () => {
    expect(await rejectionOf(() => ask(never, {}, AbortSignal.abort()))).toMatchObject({
      reason: 'unavailable',
    });
    expect(await rejectionOf(() => ask(never, {}, AbortSignal.timeout(20)))).toMatchObject({
      reason: 'unavailable',
    });
    const between = new AbortController();
    const attempt = (): Promise<never> => {
      setImmediate(() => {
        between.abort();
      });
      return Promise.reject(new ServiceError('throttled'));
    };
    expect(await rejectionOf(() => ask(attempt, { maxAttempts: 10 }, between.signal))).toMatchObject({
      code: 'WAXSEAL_KEY_SERVICE',
    });
  });

  it('hands an attempt a signal that is aborted at the deadline', async () => {
    let seen: AbortSignal | undefined;
    const attempt = (signal: AbortSignal): Promise<never> => {
      seen = signal;
      return never();
    };
    await rejectionOf(() => ask(attempt, { attemptTimeoutMs: 10, maxAttempts: 1 }));
    expect(seen?.aborted).toBe(true);
  });
});

describe('the limits of a request', () => {
  const seenBy = async (options: KeyServiceRequest<unknown>['options']): Promise<unknown> =>
    requestKeyService({
      keyId: 'k',
      options,
      attempt: (_signal, limits) => Promise.resolve(limits),
      explain: (cause) => ({ reason: 'unknown', cause }),
    });

  it('have defaults that fit into a workflow task', async () => {
    const defaults = { attemptTimeoutMs: 2_000, totalTimeoutMs: 6_000, maxAttempts: 3 };
    expect(await seenBy(undefined)).toEqual(defaults);
    expect(await seenBy({})).toEqual(defaults);
  });

  it('are those of the caller, member by member', async () => {
    expect(await seenBy({ limits: { maxAttempts: 7 } })).toEqual({
      attemptTimeoutMs: 2_000,
      totalTimeoutMs: 6_000,
      maxAttempts: 7,
    });
  });
});
