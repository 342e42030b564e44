import { getEventListeners } from 'node:events';

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { rejectionOf } from '@waxseal/test-support';

import { withDeadline } from '../src/provider';
import { endOnAbort, onAbort, Deadline, withEarlyEnd } from '../src/internal';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

const never = (): Promise<never> => new Promise(() => undefined);
const listenersOf = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

describe('withEarlyEnd', () => {
  it('says what is missing shortly before its time, where something is', async () => {
    const error = new Error('no credentials');
    let seen: AbortSignal | undefined;
    const ended = rejectionOf(() =>
      withEarlyEnd(
        1_000,
        new AbortController().signal,
        () => error,
        (signal) => {
          seen = signal;
          return never();
        },
      ),
    );
    await jest.advanceTimersByTimeAsync(899);
    expect(seen?.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(await ended).toBe(error);
    expect([seen?.reason, jest.getTimerCount()]).toEqual([error, 0]);
  });

  it('has its whole time where nothing is missing', async () => {
    const late = rejectionOf(() => withEarlyEnd(1_000, new AbortController().signal, () => undefined, never));
    await jest.advanceTimersByTimeAsync(999);
    expect(jest.getTimerCount()).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect((await late).name).toBe('TimeoutError');
  });

  it('leaves no timer and no listener behind, however the work ends', async () => {
    const { signal } = new AbortController();
    const run = <T>(work: () => Promise<T>): Promise<T> =>
      withEarlyEnd(1_000, signal, () => new Error('missing'), work);
    expect(await run(() => Promise.resolve(1))).toBe(1);
    expect((await rejectionOf(() => run(() => Promise.reject(new Error('a'))))).message).toBe('a');
    expect([jest.getTimerCount(), listenersOf(signal)]).toEqual([0, 0]);
  });
});

describe('withDeadline', () => {
  it('ends work that does not look at its signal', async () => {
    const late = rejectionOf(() => withDeadline(1_000, undefined, never));
    await jest.advanceTimersByTimeAsync(999);
    expect(jest.getTimerCount()).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect((await late).name).toBe('TimeoutError');
  });

  it("ends with the parent's reason, before it begins or during it", async () => {
    const reason = new Error('gave up');
    const parent = new AbortController();
    const during = rejectionOf(() => withDeadline(1_000, parent.signal, never));
    parent.abort(reason);
    expect(await during).toBe(reason);
    let isAsked = false;
    const before = withDeadline(1_000, parent.signal, () => {
      isAsked = true;
      return never();
    });
    expect(await rejectionOf(() => before)).toBe(reason);
    expect([isAsked, jest.getTimerCount()]).toEqual([false, 0]);
  });

  it('leaves no timer and no listener, however the work ends', async () => {
    const parent = new AbortController();
    const run = <T>(work: () => Promise<T>): Promise<T> => withDeadline(1_000, parent.signal, work);
    expect(await run(() => Promise.resolve(1))).toBe(1);
    expect((await rejectionOf(() => run(() => Promise.reject(new Error('a'))))).message).toBe('a');
    const throws = (): Promise<never> => {
      throw new Error('b');
    };
    expect((await rejectionOf(() => run(throws))).message).toBe('b');
    expect([jest.getTimerCount(), listenersOf(parent.signal)]).toEqual([0, 0]);
  });

  it('tells the work when its time is over', async () => {
    let seen: AbortSignal | undefined;
    const late = rejectionOf(() =>
      withDeadline(50, undefined, (signal) => {
        seen = signal;
        return never();
      }),
    );
    expect(seen?.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(50);
    await late;
    expect(seen?.aborted).toBe(true);
  });
});

describe('Deadline', () => {
  it('tells time that has passed from a parent that was aborted, and from an end before both', async () => {
    const parent = new AbortController();
    const [passed, ended, given] = [new Deadline(10), new Deadline(10), new Deadline(10)];
    const childOf = new Deadline(10, parent.signal);
    ended.end();
    given.abort(new Error('not needed'));
    parent.abort(new Error('gone'));
    await jest.advanceTimersByTimeAsync(10);
    const states = [passed, ended, given, childOf].map(({ isPast, signal }) => [isPast, signal.aborted]);
    expect(states).toEqual([
      [true, true],
      [false, false],
      [false, true],
      [false, true],
    ]);
  });
});

describe('onAbort', () => {
  it('has one listener however many wait, and none when nobody does', () => {
    const { signal } = new AbortController();
    const unlinks = Array.from({ length: 1_000 }, () => onAbort(signal, () => undefined));
    expect(listenersOf(signal)).toBe(1);
    for (const unlink of unlinks) {
      unlink();
      unlink();
    }
    expect(listenersOf(signal)).toBe(0);
  });

  it('calls each once, in order, but for those that were taken back, also meanwhile', () => {
    const controller = new AbortController();
    const called: string[] = [];
    onAbort(controller.signal, () => called.push('a'))();
    onAbort(controller.signal, () => {
      called.push('b');
      unlinkC();
      onAbort(controller.signal, () => called.push('at once'));
    });
    const unlinkC = onAbort(controller.signal, () => called.push('c'));
    onAbort(controller.signal, () => called.push('d'));
    controller.abort();
    controller.abort();
    expect(called).toEqual(['b', 'at once', 'd']);
    unlinkC();
    expect(listenersOf(controller.signal)).toBe(0);
  });
});

describe('endOnAbort', () => {
  it("settles as the work does, or with the signal's reason", async () => {
    const controller = new AbortController();
    expect(await endOnAbort(Promise.resolve(1), controller.signal)).toBe(1);
    const ended = rejectionOf(() => endOnAbort(never(), controller.signal));
    controller.abort(new Error('over'));
    expect((await ended).message).toBe('over');
    expect((await rejectionOf(() => endOnAbort(never(), controller.signal))).message).toBe('over');
  });
});
