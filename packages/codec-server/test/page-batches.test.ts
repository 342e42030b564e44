import { describe, expect, it } from '@jest/globals';
import { AskError } from '../browser/ask';
import { askInBatches, MOST_FAILURES } from '../browser/batches';

const LIMITS = { most: 4, mostCharacters: 100 };
const refusal = (code: string, status = 422, retryAfterMs?: number) =>
  new AskError(status, { code, message: code }, retryAfterMs);

/** Asks for items, and notes each request and what came of it. */
async function run(
  items: readonly string[],
  answer: (items: readonly string[], requests: number) => void = () => undefined,
) {
  const requests: string[] = [];
  const answered: string[] = [];
  const failed: string[] = [];
  const waited: number[] = [];
  const end = await askInBatches<string, string>(
    {
      items,
      charactersOf: (item) => item.length,
      ask: (some) => {
        requests.push(some.join(' '));
        answer(some, requests.length);
        return Promise.resolve(some.map((item) => item.toUpperCase()));
      },
      onAnswer: (item, said) => {
        answered.push(`${item}=${said}`);
      },
      onFailure: (item, { code }) => {
        failed.push(`${item}=${code}`);
      },
      wait: (ms) => {
        waited.push(ms);
        return Promise.resolve();
      },
    },
    LIMITS,
  ).catch((error: unknown) => error);
  return { end, requests, answered, failed, waited };
}

const letters = 'abcdefghij'.split('');
const failOn = (letter: string, error: AskError) => (items: readonly string[]) => {
  if (items.includes(letter)) throw error;
};

describe('payloads are asked for', () => {
  it('so many in a request, in their order', async () => {
    const { end, requests, answered } = await run(letters);
    expect(requests).toEqual(['a b c d', 'e f g h', 'i j']);
    expect(answered).toEqual(letters.map((letter) => `${letter}=${letter.toUpperCase()}`));
    expect(end).toBe(0);
  });

  it('so large in a request, and one that is larger alone', async () => {
    const [small, large] = ['s'.repeat(40), 'l'.repeat(500)];
    const { requests } = await run([small, small, small, large, small]);
    expect(requests.map((request) => request.length)).toEqual([81, 40, 500, 40]);
  });

  it('in halves where one of them fails, until it stands alone', async () => {
    const { end, requests, answered, failed } = await run(
      letters,
      failOn('c', refusal('WAXSEAL_UNKNOWN_KEY')),
    );
    expect(requests.slice(0, 5)).toEqual(['a b c d', 'a b', 'c d', 'c', 'd']);
    expect(failed).toEqual(['c=WAXSEAL_UNKNOWN_KEY']);
    expect(answered).toHaveLength(9);
    expect(end).toBe(0);
  });

  it('until fifty have failed', async () => {
    const many = Array.from({ length: 500 }, (_, index) => String(index));
    const { end, requests, failed } = await run(many, () => {
      throw refusal('WAXSEAL_CONTEXT_MISMATCH');
    });
    expect(failed).toHaveLength(MOST_FAILURES);
    expect(end).toBe(500 - MOST_FAILURES);
    expect(requests.length).toBeLessThanOrEqual(2 * MOST_FAILURES);
  });

  it('again after the time that the server names, three times', async () => {
    const once = await run(letters, (_, requests) => {
      if (requests === 2) throw refusal('RATE_LIMITED', 429, 2_000);
    });
    expect([once.end, once.waited, once.answered.length]).toEqual([0, [2_000], 10]);
    const always = await run(letters, failOn('e', refusal('RATE_LIMITED', 429, 2_000)));
    expect(always.waited).toEqual([2_000, 2_000, 2_000]);
    expect(always.end).toMatchObject({ code: 'RATE_LIMITED' });
    expect(always.answered).toHaveLength(4);
  });

  it('not again after a long time', async () => {
    const { end, waited } = await run(letters, failOn('a', refusal('SIGN_IN_LIMITED', 429, 31_000)));
    expect([end, waited]).toMatchObject([{ code: 'SIGN_IN_LIMITED' }, []]);
  });

  it.each(['TOKEN_EXPIRED', 'ACCESS_DENIED', 'UNREACHABLE', 'NOT_THE_SERVER', 'WAXSEAL_CODEC_CLOSED'])(
    'not any more after %s, whatever is in it',
    async (code) => {
      const { end, requests } = await run(letters, failOn('f', refusal(code, 403)));
      expect(end).toMatchObject({ code });
      expect(requests).toEqual(['a b c d', 'e f g h']);
    },
  );

  it('not any more once it was stopped', async () => {
    const stop = new Error('stopped');
    const { end } = await run(letters, () => {
      throw stop;
    });
    expect(end).toBe(stop);
  });
});
