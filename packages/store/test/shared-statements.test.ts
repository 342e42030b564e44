import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it } from '@jest/globals';
import { rejectionOf } from '@waxseal/test-support';

import { SharedStatements } from '../src/sql/shared-statements';
import { sqlStoreSettings, type StoreRequestSettings } from '../src/sql/store-options';
import { StoreError } from '../src';

/** Statements that a test answers itself, in the order in which they were asked. */
function scripted(requests: StoreRequestSettings = {}) {
  const asked: {
    readonly items: readonly string[];
    readonly answer: (value: string) => void;
    readonly fail: (error: Error) => void;
  }[] = [];
  const statements = new SharedStatements<string, string>(
    sqlStoreSettings('Test', { requests: { attemptTimeout: '500ms', totalTimeout: '500ms', ...requests } }),
    (items) =>
      new Promise((answer, fail) => {
        asked.push({ items, answer, fail });
      }),
  );
  return { asked, statements };
}

/** So long that those who ask have gathered, and are asked for. */
async function turn(): Promise<void> {
  await nextTurn();
  await nextTurn();
}

/** Callers enough that no further statement is begun. */
async function occupy({ asked, statements }: ReturnType<typeof scripted>): Promise<void> {
  for (let count = 0; count < 10; count++) {
    const before = asked.length;
    statements.run([`occupied ${String(count)}`], 1).catch(() => undefined);
    await turn();
    if (asked.length === before) return;
  }
  throw new Error('Statements are begun without end.');
}

describe('callers at the same time', () => {
  it('share a statement, and its answer', async () => {
    const script = scripted();
    await occupy(script);
    const begun = script.asked.length;
    const both = [script.statements.run(['a', 'b'], 2), script.statements.run(['c'], 1)];
    await turn();
    expect(script.asked).toHaveLength(begun);
    script.asked[0]?.answer('first');
    await turn();
    expect(script.asked).toHaveLength(begun + 1);
    expect(script.asked[begun]?.items.slice(-3)).toEqual(['a', 'b', 'c']);
    script.asked[begun]?.answer('shared');
    expect(await Promise.all(both)).toEqual(['shared', 'shared']);
  });

  it('share one with those that ask in the same turn of the event loop, and with those that its answer wakes', async () => {
    const { asked, statements } = scripted();
    const caller = async (name: string): Promise<void> => {
      for (const round of ['1', '2']) await statements.run([name + round], 1);
    };
    const all = ['a', 'b', 'c', 'd', 'e'].map(caller);
    for (let round = 0; round < 2; round++) {
      await turn();
      asked[round]?.answer('answer');
    }
    await Promise.all(all);
    expect(asked.map(({ items }) => items)).toEqual([
      ['a1', 'b1', 'c1', 'd1', 'e1'],
      ['a2', 'b2', 'c2', 'd2', 'e2'],
    ]);
  });

  it('fail together where the database is away, each with an error of its own', async () => {
    const script = scripted();
    await occupy(script);
    const both = [script.statements.run(['a'], 1), script.statements.run(['b'], 1)];
    const errors = both.map((one) => rejectionOf(() => one));
    script.asked[0]?.answer('first');
    await turn();
    script.asked.at(-1)?.fail(new StoreError('unavailable'));
    const [one, other] = await Promise.all(errors);
    expect([one, other]).toMatchObject([{ reason: 'unavailable' }, { reason: 'unavailable' }]);
    expect(one).not.toBe(other);
  });

  it('do not suffer for one whose item the database does not take', async () => {
    const script = scripted();
    await occupy(script);
    const [good, bad] = [script.statements.run(['good'], 1), script.statements.run(['bad'], 1)];
    const error = rejectionOf(() => bad);
    script.asked[0]?.answer('first');
    await turn();
    script.asked.at(-1)?.fail(new StoreError('unknown', { sqlState: '22P02' }));
    for (;;) {
      await turn();
      const { items = [], answer, fail } = script.asked.at(-1) ?? {};
      if (items.includes('bad')) fail?.(new StoreError('unknown', { sqlState: '22P02' }));
      else answer?.('alone');
      if (items.join() === 'bad') break;
    }
    expect(await good).toBe('alone');
    expect(await error).toMatchObject({ reason: 'unknown', sqlState: '22P02' });
  });
});

describe('a caller', () => {
  it('waits no longer than for a request of its own', async () => {
    const script = scripted({ attemptTimeout: '30ms', totalTimeout: '30ms' });
    const error = await rejectionOf(() => script.statements.run(['a'], 1));
    expect(error).toMatchObject({ code: 'WAXSEAL_STORE', reason: 'timeout' });
    await occupy(script);
    const waiting = await rejectionOf(() => script.statements.run(['b'], 1));
    expect(waiting).toMatchObject({ code: 'WAXSEAL_STORE', reason: 'timeout' });
    // What has given up is asked for no more.
    script.asked[0]?.answer('late');
    await turn();
    expect(script.asked.flatMap(({ items }) => items)).not.toContain('b');
  });

  it('gives up with its signal, alone', async () => {
    const script = scripted();
    await occupy(script);
    const controller = new AbortController();
    const gone = rejectionOf(() => script.statements.run(['gone'], 1, { signal: controller.signal }));
    const stays = script.statements.run(['stays'], 1);
    controller.abort(new Error('gone'));
    expect((await gone).message).toBe('gone');
    script.asked[0]?.answer('first');
    await turn();
    expect(script.asked.at(-1)?.items).not.toContain('gone');
    script.asked.at(-1)?.answer('there');
    expect(await stays).toBe('there');
  });

  it('with a flood does not hold up another one', async () => {
    const script = scripted();
    const flood = Array.from({ length: 2_000 }, (_, index) =>
      script.statements.run([`flood ${String(index)}`], 1, {
        caller: { tenant: 'flood', caller: String(index) },
      }),
    );
    for (const one of flood) one.catch(() => undefined);
    const other = script.statements.run(['other'], 1, { caller: { tenant: 'other', caller: '' } });
    let statements = 0;
    const state = { isAnswered: false };
    void other.then(() => (state.isAnswered = true));
    while (!state.isAnswered) {
      const next = script.asked.shift();
      if (next === undefined) {
        await sleep(1);
        continue;
      }
      statements += 1;
      next.answer('answer');
      await turn();
    }
    // It is in one of the first statements after those that were begun before it.
    expect(statements).toBeLessThanOrEqual(5);
  });

  it('is refused where too many wait', async () => {
    const script = scripted({ maxQueued: 10 });
    const all = Array.from({ length: 400 }, (_, index) => script.statements.run([String(index)], 1));
    const outcomes = Promise.allSettled(all);
    await turn();
    for (let next = script.asked.shift(); next !== undefined; next = script.asked.shift()) {
      next.answer('answer');
      await turn();
    }
    const refused = (await outcomes).filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(50);
    expect(refused[0]).toMatchObject({ reason: { reason: 'throttled', wasNotAsked: true } });
  });
});
