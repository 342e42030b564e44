import { expect, it } from '@jest/globals';

import { ConcurrencyLimit } from '../src/keyring/concurrency-limit';

it('lets so many in at once, and the others in their order', async () => {
  const limit = new ConcurrencyLimit(2);
  const entered: number[] = [];
  const leaves: (() => void)[] = [];
  const all = [1, 2, 3, 4].map(async (number) => {
    leaves.push(await limit.enter(undefined));
    entered.push(number);
  });
  await Promise.resolve();
  expect(entered).toEqual([1, 2]);
  leaves.shift()?.();
  await all[2];
  expect(entered).toEqual([1, 2, 3]);
  leaves.shift()?.();
  await Promise.all(all);
  expect(entered).toEqual([1, 2, 3, 4]);
  for (const leave of leaves) leave();
  const [first, second] = [await limit.enter(undefined), await limit.enter(undefined)];
  first();
  second();
});

it('lets nobody wait whose signal is aborted, and loses no turn by it', async () => {
  const limit = new ConcurrencyLimit(1);
  const leave = await limit.enter(undefined);
  const gaveUp = new AbortController();
  const waiting = limit.enter(gaveUp.signal);
  const next = limit.enter(undefined);
  gaveUp.abort(new Error('gave up'));
  await expect(waiting).rejects.toThrow('gave up');
  await expect(limit.enter(gaveUp.signal)).rejects.toThrow('gave up');
  leave();
  (await next)();
  (await limit.enter(undefined))();
});
