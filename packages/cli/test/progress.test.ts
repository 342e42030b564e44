import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Progress, progressText } from '../src/terminal/progress';

afterEach(() => {
  jest.restoreAllMocks();
});

describe('progress', () => {
  it.each([
    [undefined, 2_100, 'executions, 3 s'],
    [{ done: 150 }, 3_000, '150 executions, 50/s'],
    [{ done: 3 }, 2_000, '3 executions, 1.5/s'],
    [{ done: 25, total: 100 }, 5_000, /^\[#{8}\.{22}\] 25 of 100 executions, 5\.0\/s, 15 s left$/],
    [{ done: 1, total: 1_000_000 }, 1_000, /^\[\.{30}\] 1 of 1000000 executions, 1\.0\/s, 16667 min left$/],
    [{ done: 0, total: 0 }, 1_000, /^\[#{30}\] 0 of 0 executions, 0\.0\/s$/],
    [{ done: 12, total: 10 }, 1_000, /^\[#{30}\] 12 of 10 executions, 12\/s, 0 s left$/],
  ])('says %j', (step, ms, text) => {
    expect(progressText('executions', step, 0, ms)).toMatch(typeof text === 'string' ? text : text);
  });

  it('counts the rate of this run only', () => {
    expect(progressText('executions', { done: 1_010, total: 1_110 }, 1_000, 1_000)).toMatch(
      / 10\/s, 10 s left$/,
    );
  });

  it('writes nothing where standard error is no terminal', () => {
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const progress = new Progress('executions');
    for (let done = 1; done < 10; done += 1) progress.show({ done, total: 10 });
    progress.end();
    expect(write).not.toHaveBeenCalled();
  });
});
