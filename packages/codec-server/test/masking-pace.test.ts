import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { createCodecServer } from '../src';
import { formatPayloads } from '../src/protojson/payloads';
import { post } from './support/post';
import { compileDecodePolicy, metadataOf, payload, textOf } from './support/masked';

afterEach(() => {
  jest.restoreAllMocks();
});

const items = Array.from({ length: 16_500 }, (_, id) => ({
  id,
  card: '4111111111111111',
  in: { a: 1, b: 'x' },
}));
/** 99,001 values. */
const large = payload(JSON.stringify(items));
const policy = compileDecodePolicy({
  mask: [
    { path: '$..card', show: { last: 4 } },
    { path: '$..b', remove: true },
    { path: '$[*].in.a' },
    { path: '$..[?@.id == 5]' },
  ],
});

const filtering = compileDecodePolicy({
  mask: [
    {
      path: `$[?count(@[?${Array.from({ length: 40 }, (_, n) => `@ == ${String(n + 50)}`).join(' || ')}]) > 9]`,
    },
  ],
});

/**
 * The longest time that the event loop is held while work goes on, and the processor's time for it; in
 * milliseconds.
 */
async function held(work: () => Promise<unknown>): Promise<{ longestMs: number; totalMs: number }> {
  let longestMs = 0;
  let goesOn = true;
  let last = process.cpuUsage();
  const look = (): void => {
    const { user, system } = process.cpuUsage(last);
    longestMs = Math.max(longestMs, (user + system) / 1_000);
    last = process.cpuUsage();
    if (goesOn) setImmediate(look);
  };
  const begin = process.cpuUsage();
  setImmediate(look);
  await work();
  goesOn = false;
  look();
  const { user, system } = process.cpuUsage(begin);
  return { longestMs, totalMs: (user + system) / 1_000 };
}

describe('masking lets others have the event loop', () => {
  it.each([
    ['in one large payload', policy, [large]],
    [
      'in the filters of one',
      filtering,
      [payload(JSON.stringify(Array.from({ length: 4_000 }, () => [...Array(20).keys()])))],
    ],
    ['between many small ones', policy, Array.from({ length: 10_000 }, () => payload('{"card":"1"}'))],
  ])('%s', async (_, applied, given) => {
    await applied.apply(given);
    const { longestMs, totalMs } = await held(() => applied.apply(given));
    // Without pauses it is held from begin to end.
    expect(longestMs / totalMs).toBeLessThan(0.5);
  });

  it('of which each that masks gets a share: a small payload is not behind all of a large one', async () => {
    const done: string[] = [];
    const mask = async (name: string, given: typeof large) => {
      await policy.apply([given]);
      done.push(name);
    };
    await Promise.all([mask('large', large), mask('large', large), mask('small', payload('{"card":"1"}'))]);
    expect(done[0]).toBe('small');
  });
});

describe('a signal', () => {
  it('ends the work, and its reason is all that comes of it', async () => {
    const ending = new AbortController();
    let steps = 0;
    const masking = policy.apply([large, large], { signal: ending.signal, onDone: (all) => (steps = all) });
    setImmediate(() => {
      ending.abort(new Error('the deadline'));
    });
    await expect(masking).rejects.toThrow('the deadline');
    let all = 0;
    await policy.apply([large, large], { onDone: (used) => (all = used) });
    expect(steps).toBeGreaterThan(0);
    expect(steps).toBeLessThan(all / 2);
  });

  it('that has ended masks nothing', async () => {
    await expect(policy.apply([large], { signal: AbortSignal.abort(new Error('over')) })).rejects.toThrow(
      'over',
    );
  });
});

describe('a pattern', () => {
  it('that JavaScript would try in more ways than can be counted is matched in the time of the text', async () => {
    const searching = compileDecodePolicy({ mask: [{ path: '$[?search(@, "(a*)*b")]' }] });
    const texts = Array.from({ length: 10 }, () => 'a'.repeat(100_000));
    const [shown] = await searching.apply([payload(JSON.stringify([...texts, 'xaab']))]);
    expect(JSON.parse(textOf(shown))).toEqual([...texts, '[masked]']);
  });

  it.each([
    ['$[?match(@, "a.c")]', ['abc', 'a😀c', 'a\nc', 'xabc', 7], ['[masked]', '[masked]', 'a\nc', 'xabc', 7]],
    ['$[?search(@, "[.]")]', ['a.b', 'ab'], ['[masked]', 'ab']],
    ['$[?match(@, "\\\\p{Lu}\\\\.")]', ['É.', 'é.', 'Éx'], ['[masked]', 'é.', 'Éx']],
  ])('%s', async (path, given, expected) => {
    const [shown] = await compileDecodePolicy({ mask: [{ path }] }).apply([payload(JSON.stringify(given))]);
    expect(JSON.parse(textOf(shown))).toEqual(expected);
  });
});

it.each([
  ['has too many values', [Array.from({ length: 6_000 }, () => ({ x: 1 }))], '$[?@[?@.x == 1]]'],
  ['has too long a text', ['a'.repeat(300_000)], '$[?search(@, "b")]'],
])('a payload is hidden where what a filter looks at %s', async (_, value, path) => {
  const [shown] = await compileDecodePolicy({ mask: [{ path }] }).apply([payload(JSON.stringify(value))]);
  expect(metadataOf(shown)['waxseal-hidden']).toBe('too-large');
});

it('what is masked for somebody is taken from his share, and from nobody else’s', async () => {
  const tokenOf = (principal: string) => createHash('sha256').update(principal).digest('hex');
  const grant = { namespaces: ['orders'], operations: ['decode'] as const, policy: 'support' };
  const tokens = ['first', 'second'].map((principal) => ({
    principal,
    token: tokenOf(principal),
    may: [grant],
  }));
  const server = createCodecServer({
    codec: { encode: (given) => Promise.resolve(given), decode: (given) => Promise.resolve(given) },
    auth: [{ type: 'bearer', tokens }],
    policies: {
      support: { mask: [{ path: '$..card' }, { path: '$..b' }, { path: '$..c' }, { path: '$..d' }] },
    },
  });
  const body = formatPayloads([large, large]);
  const ask = async (principal: string, given: string) => {
    const headers = { Authorization: `Bearer ${tokenOf(principal)}` };
    const { response, json } = await post(server, '/orders/decode', given, headers);
    return json.error?.code ?? response.status;
  };
  // In no time, so that nothing comes back meanwhile.
  jest.spyOn(performance, 'now').mockReturnValue(1_000_000);
  // Each takes the million steps of one call, of four at once.
  const answers = [];
  for (let count = 0; count < 5; count += 1) answers.push(await ask('first', body));
  expect(answers).toEqual([200, 200, 200, 200, 'MASKING_LIMITED']);
  expect(await ask('second', formatPayloads([payload('{"card":"1"}')]))).toBe(200);
}, 30_000);
