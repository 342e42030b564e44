import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { firstToSucceed } from '../src/data-keys/failover';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** Answers `name` after some time, or rejects with it. */
const after = (ms: number, name: string, fails = false, queuedMs = 0) => ({ ms, name, fails, queuedMs });

function run(...items: ReturnType<typeof after>[]): { asked: string[]; result: Promise<string> } {
  const asked: string[] = [];
  const ask = async (
    { ms, name, fails, queuedMs }: ReturnType<typeof after>,
    onBegun: () => void,
  ): Promise<string> => {
    asked.push(name);
    if (queuedMs > 0) await new Promise((resolve) => setTimeout(resolve, queuedMs));
    onBegun();
    await new Promise((resolve) => setTimeout(resolve, ms));
    if (fails) throw new Error(name);
    return name;
  };
  const result = firstToSucceed(items, ask, 1_500);
  result.catch(() => undefined);
  return { asked, result };
}

describe('firstToSucceed', () => {
  it('asks one where that answers in time', async () => {
    const { asked, result } = run(after(1_000, 'a'), after(0, 'b'));
    await jest.advanceTimersByTimeAsync(10_000);
    expect([await result, asked]).toEqual(['a', ['a']]);
  });

  it('asks the next when one fails', async () => {
    const { asked, result } = run(after(10, 'a', true), after(10, 'b', true), after(10, 'c'));
    await jest.advanceTimersByTimeAsync(30);
    expect([await result, asked]).toEqual(['c', ['a', 'b', 'c']]);
  });

  it('asks the next too when one takes long, and takes the faster', async () => {
    const { asked, result } = run(after(60_000, 'a'), after(10, 'b'), after(10, 'c'));
    await jest.advanceTimersByTimeAsync(1_510);
    expect([await result, asked]).toEqual(['b', ['a', 'b']]);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(asked).toEqual(['a', 'b']);
  });

  it('counts from when the first is asked, not from when it is queued', async () => {
    const { asked, result } = run(after(1_000, 'a', false, 30_000), after(0, 'b'));
    await jest.advanceTimersByTimeAsync(32_000);
    expect([await result, asked]).toEqual(['a', ['a']]);
  });

  it('still takes the first where the next fails', async () => {
    const { result } = run(after(3_000, 'a'), after(10, 'b', true));
    await jest.advanceTimersByTimeAsync(3_000);
    expect(await result).toBe('a');
  });

  it('fails when all have failed', async () => {
    const { result } = run(after(3_000, 'a', true), after(10, 'b', true));
    await jest.advanceTimersByTimeAsync(3_000);
    await expect(result).rejects.toThrow('a');
  });
});
