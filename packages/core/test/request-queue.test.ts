import { expect, it } from '@jest/globals';

import { RequestQueue, type Turn } from '../src/keyring/request-queue';

const FULL = 'full';
const origin = (tenant: string, caller = 'workflow') => ({ tenant, caller });

function queueOf(atOnce: number, maxQueued = 1_000, maxQueuedBytes = 1_000_000): RequestQueue {
  return new RequestQueue({ atOnce, maxQueued, maxQueuedBytes }, () => new Error(FULL));
}

/** Names of turns in the order in which they begin. */
function recorder() {
  const begun: string[] = [];
  const turns = new Map<string, Turn>();
  const follow = (name: string, turn: Turn): Turn => {
    turns.set(name, turn);
    turn.begun.then(
      () => begun.push(name),
      (error: unknown) => begun.push(`${name} ${(error as Error).message}`),
    );
    return turn;
  };
  /** Ends what is under way, one after the other, until nothing is left. */
  const drain = async (): Promise<void> => {
    for (;;) {
      await Promise.resolve();
      const next = [...turns].find(([, turn]) => turn.hasBegun);
      if (next === undefined) return;
      turns.delete(next[0]);
      next[1].end();
    }
  };
  return { begun, follow, drain, turns };
}

it('lets so many in at once, and the others of one caller in their order', async () => {
  const queue = queueOf(2);
  const { begun, follow, turns } = recorder();
  for (const name of ['1', '2', '3', '4']) follow(name, queue.unwrap(origin('a'), 1));
  await Promise.resolve();
  expect(begun).toEqual(['1', '2']);
  turns.get('1')?.end();
  turns.get('1')?.end();
  await Promise.resolve();
  expect(begun).toEqual(['1', '2', '3']);
  turns.get('2')?.end();
  turns.get('3')?.end();
  await Promise.resolve();
  expect(begun).toEqual(['1', '2', '3', '4']);
});

it('loses no turn by what is cancelled, before it has begun or after', async () => {
  const queue = queueOf(1);
  const { begun, follow } = recorder();
  const first = follow('1', queue.unwrap(origin('a'), 1));
  const gaveUp = follow('2', queue.unwrap(origin('a'), 1));
  follow('3', queue.unwrap(origin('a'), 1));
  first.cancel(new Error('too late'));
  gaveUp.cancel(new Error('gave up'));
  await Promise.resolve();
  expect([begun, queue.queued]).toEqual([['1', '2 gave up'], 1]);
  first.end();
  await Promise.resolve();
  expect(begun).toEqual(['1', '2 gave up', '3']);
});

it('lets tenants, and the callers of a tenant, take turns', async () => {
  const queue = queueOf(1);
  const { begun, follow, drain } = recorder();
  for (let count = 1; count <= 4; count++) follow(`a${String(count)}`, queue.unwrap(origin('a', 'flood'), 1));
  follow('a5', queue.unwrap(origin('a', 'other'), 1));
  follow('b1', queue.unwrap(origin('b'), 1));
  follow('b2', queue.unwrap(origin('b'), 1));
  await drain();
  expect(begun).toEqual(['a1', 'a2', 'b1', 'a5', 'b2', 'a3', 'a4']);
});

it('keeps places for wraps and for tenants that have none under way', async () => {
  const queue = queueOf(8);
  const { begun, follow, drain } = recorder();
  for (let count = 1; count <= 20; count++) follow(`a${String(count)}`, queue.unwrap(origin('a'), 1));
  await Promise.resolve();
  expect(begun).toHaveLength(8);
  follow('b1', queue.unwrap(origin('b'), 1));
  follow('b2', queue.unwrap(origin('b'), 1));
  await Promise.resolve();
  expect(begun.slice(8)).toEqual(['b1']);
  await drain();
  expect(begun).toHaveLength(22);
});

it('puts wraps before unwraps', async () => {
  const queue = queueOf(1);
  const { begun, follow, drain } = recorder();
  for (const name of ['1', '2', '3']) follow(name, queue.unwrap(origin('a'), 1));
  follow('wrap', queue.wrap());
  await drain();
  expect(begun).toEqual(['1', 'wrap', '2', '3']);
});

it('gives a request that several want the first of their turns', async () => {
  const queue = queueOf(1);
  const { begun, follow, drain } = recorder();
  for (const name of ['1', '2', '3', '4']) follow(name, queue.unwrap(origin('a'), 1));
  const wanted = follow('5', queue.unwrap(origin('a'), 1));
  wanted.join(origin('b'));
  wanted.join(origin('b'));
  expect(queue.queued).toBe(4);
  await drain();
  expect(begun).toEqual(['1', '2', '5', '3', '4']);
  expect(queue.queued).toBe(0);
  wanted.join(origin('b'));
  expect(queue.queued).toBe(0);
});

it('takes of whoever has the most where there is no room', async () => {
  const queue = queueOf(1, 4);
  const { begun, follow, drain } = recorder();
  for (let count = 0; count <= 6; count++) follow(`a${String(count)}`, queue.unwrap(origin('a'), 1));
  follow('b', queue.unwrap(origin('b'), 1));
  await drain();
  expect(begun.filter((name) => name.endsWith(FULL))).toEqual(['a5 full', 'a6 full', 'a1 full']);
  expect(begun.filter((name) => !name.endsWith(FULL))).toEqual(['a0', 'a2', 'b', 'a3', 'a4']);
});

it('has no room for more bytes than its limit, nor for more wraps', async () => {
  const queue = queueOf(1, 4, 100);
  const { begun, follow } = recorder();
  for (const [name, bytes] of Object.entries({ first: 90, second: 90, third: 20 })) {
    follow(name, queue.unwrap(origin('a'), bytes));
  }
  for (let count = 1; count <= 6; count++) follow(`w${String(count)}`, queue.wrap());
  await Promise.resolve();
  await Promise.resolve();
  expect(begun.toSorted()).toEqual(['first', 'third full', 'w5 full', 'w6 full']);
});

it('is empty again after any order of begins, joins, cancels and ends', () => {
  const queue = queueOf(5, 40);
  const open: Turn[] = [];
  let random = 7;
  const below = (most: number): number => (random = (random * 48_271) % 2_147_483_647) % most;
  for (let step = 0; step < 20_000; step++) {
    const turn = open[below(open.length + 1)];
    const who = origin(`t${String(below(4))}`, `c${String(below(6))}`);
    const action = below(6);
    if (action < 2 && open.length < 60) open.push(queue.unwrap(who, below(100)));
    else if (action === 2 && open.length < 60) open.push(queue.wrap());
    else if (action === 3) turn?.join(who);
    else if (action === 4) turn?.cancel(new Error('cancelled'));
    else if (turn !== undefined) {
      turn.end();
      open.splice(open.indexOf(turn), 1);
    }
  }
  for (const turn of open) turn.end();
  expect(queue.queued).toBe(0);
  const after = Array.from({ length: 5 }, (_, index) => queue.unwrap(origin(`t${String(index)}`), 1));
  expect(after.every(({ hasBegun }) => hasBegun)).toBe(true);
  expect(queue.unwrap(origin('t0'), 1).hasBegun).toBe(false);
});
