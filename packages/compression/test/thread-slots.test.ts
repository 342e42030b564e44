import { expect, it } from '@jest/globals';
import { rejectionOf } from '@waxseal/test-support';
import { ThreadSlots } from '../src/thread-slots';

it('as many run as there are slots, the others after them in their order', async () => {
  const slots = new ThreadSlots(2);
  const ends: (() => void)[] = [];
  const begun: number[] = [];
  const all = [0, 1, 2, 3].map((index) =>
    slots.run(() => {
      begun.push(index);
      return new Promise<void>((resolve) => ends.push(resolve));
    }),
  );
  expect([begun, slots.waiting]).toEqual([[0, 1], 2]);
  ends[1]?.();
  await all[1];
  expect([begun, slots.waiting]).toEqual([[0, 1, 2], 1]);
  for (const index of [0, 2, 3]) {
    ends[index]?.();
    await all[index];
  }
  expect(begun).toEqual([0, 1, 2, 3]);
});

it('who gives up waits no longer, and holds up nobody', async () => {
  const slots = new ThreadSlots(1);
  let end = (): void => undefined;
  const first = slots.run(() => new Promise<void>((resolve) => (end = resolve)));
  const given = new AbortController();
  const second = slots.run(() => Promise.reject(new Error('was run')), given.signal);
  const third = slots.run(() => Promise.resolve('third'));
  given.abort(new Error('given up'));
  expect(await rejectionOf(() => second)).toMatchObject({ message: 'given up' });
  expect(slots.waiting).toBe(1);
  end();
  await first;
  expect(await third).toBe('third');
});

it('who had given up before does not wait at all', async () => {
  const slots = new ThreadSlots(1);
  let end = (): void => undefined;
  const first = slots.run(() => new Promise<void>((resolve) => (end = resolve)));
  const reason = new Error('given up');
  const second = slots.run(() => Promise.resolve(), AbortSignal.abort(reason));
  expect(await rejectionOf(() => second)).toBe(reason);
  expect(slots.waiting).toBe(0);
  end();
  await first;
  expect(await slots.run(() => Promise.resolve('next'))).toBe('next');
});

it('work that fails gives its slot on', async () => {
  const slots = new ThreadSlots(1);
  expect(await rejectionOf(() => slots.run(() => Promise.reject(new Error('failed'))))).toMatchObject({
    message: 'failed',
  });
  expect(await slots.run(() => Promise.resolve('next'))).toBe('next');
});
