import { describe, expect, it } from '@jest/globals';
import { ConfigurationError } from '@waxseal/core';

import { StoreError, type StoreErrorReason } from '../src';
import type { Database, Query } from '../src/sql/database';
import { sqlStoreSettings, type SqlStoreOptions } from '../src/sql/store-options';
import { StoreRequests } from '../src/sql/store-requests';

const query: Query = () => Promise.resolve([]);
const never = (): Promise<never> => new Promise<never>(() => undefined);

/** A database that answers as it is told to, and counts. */
class ScriptedDatabase implements Database {
  readonly kind = 'scripted';
  asked = 0;
  underWay = 0;
  most = 0;
  readonly #answer: (times: number) => Promise<void>;

  constructor(answer: (times: number) => Promise<void>) {
    this.#answer = answer;
  }

  async connect<T>(work: (query: Query) => Promise<T>): Promise<T> {
    this.asked += 1;
    this.underWay += 1;
    this.most = Math.max(this.most, this.underWay);
    try {
      await this.#answer(this.asked);
      return await work(query);
    } finally {
      this.underWay -= 1;
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function requestsOf(
  answer: (times: number) => Promise<void>,
  requests: SqlStoreOptions['requests'] = {},
  telemetry?: SqlStoreOptions['telemetry'],
): {
  database: ScriptedDatabase;
  ask: (signal?: AbortSignal, longMs?: number) => Promise<string>;
  requests: StoreRequests;
} {
  const database = new ScriptedDatabase(answer);
  const all = new StoreRequests(database, sqlStoreSettings('S', { requests, telemetry }));
  return {
    database,
    requests: all,
    ask: (signal, longMs) =>
      all.run(
        {
          operation: 'test',
          work: () => Promise.resolve('answer'),
          ...(longMs === undefined ? {} : { longMs }),
        },
        { signal },
      ),
  };
}

function failing(
  reason: StoreErrorReason,
  times: number,
  sqlState?: string,
): (asked: number) => Promise<void> {
  return (asked) =>
    asked <= times ? Promise.reject(new StoreError(reason, { sqlState })) : Promise.resolve();
}

const ONCE = {
  attemptTimeout: '20ms',
  totalTimeout: '20ms',
  breakerThreshold: 3,
  breakerResetAfter: '60s',
} as const;

describe('a request', () => {
  it.each(['throttled', 'unavailable', 'not-durable', 'timeout'] as const)(
    'is made again where it was %s',
    async (reason) => {
      const { database, ask } = requestsOf(failing(reason, 3));
      await expect(ask()).resolves.toBe('answer');
      expect(database.asked).toBe(4);
    },
  );

  it.each(['denied', 'schema', 'full', 'unknown'] as const)(
    'is made once where it was %s',
    async (reason) => {
      const { database, ask } = requestsOf(failing(reason, 1));
      await expect(ask()).rejects.toMatchObject({ reason });
      expect(database.asked).toBe(1);
    },
  );

  it('is made once of a store that is closed, or of a configuration that is wrong', async () => {
    for (const error of [
      new StoreError('unavailable', { wasNotAsked: true }),
      new ConfigurationError('The schema is old.'),
    ]) {
      const { database, ask } = requestsOf(() => Promise.reject(error));
      await expect(ask()).rejects.toBe(error);
      expect(database.asked).toBe(1);
    }
  });

  it('ends with its deadline, and with the reason of the last attempt', async () => {
    const lost = requestsOf(failing('unavailable', Infinity), { ...ONCE, attemptTimeout: '5ms' });
    await expect(lost.ask()).rejects.toMatchObject({ reason: 'unavailable', wasNotAsked: false });
    const silent = requestsOf(never, { ...ONCE, attemptTimeout: '5ms' });
    await expect(silent.ask()).rejects.toMatchObject({ reason: 'timeout', retryable: true });
  });

  it('ends with the reason of its caller', async () => {
    const { ask } = requestsOf(never, { attemptTimeout: '50s', totalTimeout: '60s' });
    const controller = new AbortController();
    const asked = ask(controller.signal);
    controller.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    await expect(ask(controller.signal)).rejects.toThrow('enough');
  });

  it('may take longer where it is one that does', async () => {
    const slow = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 80));
    await expect(requestsOf(slow, ONCE).ask()).rejects.toMatchObject({ reason: 'timeout' });
    await expect(requestsOf(slow, ONCE).ask(undefined, 60_000)).resolves.toBe('answer');
  });
});

describe('the circuit breaker', () => {
  it.each([
    ['unavailable', failing('unavailable', Infinity)],
    ['silent', never],
  ])('opens when the database is %s', async (_what, answer) => {
    const { database, ask } = requestsOf(answer, ONCE);
    for (let times = 0; times < 3; times++) await expect(ask()).rejects.toMatchObject({ wasNotAsked: false });
    const { asked } = database;
    await expect(ask()).rejects.toMatchObject({ reason: 'unavailable', wasNotAsked: true });
    expect(database.asked).toBe(asked);
  });

  it('stays closed where the database answers, be it with a refusal or a conflict', async () => {
    for (const answer of [
      failing('denied', Infinity),
      failing('full', Infinity),
      failing('unavailable', Infinity, '40001'),
    ]) {
      const { ask } = requestsOf(answer, ONCE);
      for (let times = 0; times < 5; times++)
        await expect(ask()).rejects.toMatchObject({ wasNotAsked: false });
    }
  });

  it('stays closed when callers give up', async () => {
    const { ask } = requestsOf(never, { ...ONCE, attemptTimeout: '50s', totalTimeout: '60s' });
    for (let times = 0; times < 5; times++) {
      const controller = new AbortController();
      const asked = ask(controller.signal);
      await new Promise(setImmediate);
      controller.abort(new Error('enough'));
      await expect(asked).rejects.toThrow('enough');
    }
  });

  it('lets one through after a while, and closes when that is answered', async () => {
    const states: string[] = [];
    const telemetry = { storeBreakerChanged: (state: string) => states.push(state) };
    let isThere = false;
    const answer = (): Promise<void> =>
      isThere ? Promise.resolve() : Promise.reject(new StoreError('unavailable'));
    const { ask } = requestsOf(answer, { ...ONCE, breakerResetAfter: '1ms' }, telemetry);
    for (let times = 0; times < 3; times++) await expect(ask()).rejects.toThrow(StoreError);
    isThere = true;
    await new Promise((resolve) => setTimeout(resolve, 5));
    await expect(ask()).resolves.toBe('answer');
    expect(states).toEqual(['open', 'half-open', 'closed']);
  });
});

describe('requests at once', () => {
  it('are bounded, and so are those that wait', async () => {
    let letAllGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      letAllGo = resolve;
    });
    const { database, ask } = requestsOf(() => gate, { maxConcurrent: 2, maxQueued: 3 });
    const asked = Array.from({ length: 8 }, () => ask());
    const ended = Promise.allSettled(asked);
    await new Promise(setImmediate);
    letAllGo();
    const outcomes = await ended;
    const refused = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
    );
    expect(refused).toHaveLength(3);
    for (const error of refused) expect(error).toMatchObject({ reason: 'throttled', wasNotAsked: true });
    expect(database.most).toBe(2);
  });

  it('are shared between tenants', async () => {
    const order: string[] = [];
    const { requests } = requestsOf(() => new Promise(setImmediate), { maxConcurrent: 1 });
    const ask = (tenant: string): Promise<void> =>
      requests.run(
        { operation: 'test', work: () => Promise.resolve(void order.push(tenant)) },
        { caller: { tenant, caller: 'c' } },
      );
    await Promise.all([...Array.from({ length: 20 }, () => ask('loud')), ask('quiet')]);
    expect(order.indexOf('quiet')).toBeLessThan(3);
  });

  it('are told to an observer, whatever that does', async () => {
    const seen: unknown[] = [];
    const telemetry = {
      storeRequest: async (info: unknown, ask: () => Promise<void>) => {
        seen.push(info);
        await ask();
        throw new Error('an observer');
      },
    };
    const { ask } = requestsOf(() => Promise.resolve(), {}, telemetry);
    await expect(ask()).resolves.toBe('answer');
    expect(seen).toEqual([{ operation: 'test', store: 'scripted' }]);
  });
});
