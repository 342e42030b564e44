import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createCodecServer, type CodecServerOptions, type Principal, type RateLimit } from '../src';
import { principalKey } from '../src/http/limits';
import { RateLimiter } from '../src/rate-limiter';
import { MaskCodec } from './support/mask-codec';
import { post } from './support/post';

const MIB = 1024 * 1024;
let now = 0;

beforeEach(() => {
  now = 1_000_000;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  jest.restoreAllMocks();
});

const codec = new MaskCodec();
const [first, second] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];
const may = [{ namespaces: ['orders'], operations: ['decode'] as const }];

function serve(rateLimit: RateLimit, options: Partial<CodecServerOptions> = {}) {
  const tokens = [
    { principal: 'ci', token: first, may },
    { principal: 'support', token: second, may },
  ];
  const server = createCodecServer({ codec, rateLimit, auth: [{ type: 'bearer', tokens }], ...options });
  return async (token: string, count = 1, path = '/orders/decode') => {
    const answers = [];
    for (let index = 0; index < count; index += 1) {
      answers.push(await post(server, path, { payloads: [{}] }, { Authorization: `Bearer ${token}` }));
    }
    return answers;
  };
}

const statuses = (answers: readonly { response: Response }[]) =>
  answers.map(({ response }) => response.status);

describe('rateLimit', () => {
  it('lets a burst pass, then as many as come in a second', async () => {
    const ask = serve({ requestsPerSecond: 2, burst: 3 });
    expect(statuses(await ask(first, 4))).toEqual([200, 200, 200, 429]);
    now += 499;
    expect(statuses(await ask(first))).toEqual([429]);
    now += 1;
    expect(statuses(await ask(first, 2))).toEqual([200, 429]);
    now += 60_000;
    expect(statuses(await ask(first, 4))).toEqual([200, 200, 200, 429]);
  });

  it('says when to come back', async () => {
    const ask = serve({ requestsPerSecond: 0.1, burst: 1 });
    const [, refused] = await ask(first, 2);
    expect(refused?.json.error?.code).toBe('RATE_LIMITED');
    expect(refused?.response.headers.get('Retry-After')).toBe('10');
    now += 9_500;
    const [early] = await ask(first);
    expect(early?.response.headers.get('Retry-After')).toBe('1');
  });

  it('holds for each principal alone, and counts what is refused', async () => {
    const ask = serve({ requestsPerSecond: 1, burst: 2 });
    expect(statuses(await ask(first, 3, '/billing/decode'))).toEqual([403, 403, 429]);
    expect(statuses(await ask(second, 3))).toEqual([200, 200, 429]);
    expect(statuses(await ask('x'.repeat(40), 3))).toEqual([401, 401, 401]);
  });

  it('holds for everybody together without auth', async () => {
    const server = createCodecServer({ codec, rateLimit: { requestsPerSecond: 1, burst: 2 } });
    const answers = [];
    for (const path of ['/a/decode', '/b/decode', '/c/decode']) answers.push(await post(server, path, {}));
    expect(statuses(answers)).toEqual([200, 200, 429]);
  });

  it('lets pages of the Web UI pass with the numbers of the documentation', async () => {
    const ask = serve({ requestsPerSecond: 50, burst: 500 });
    expect(new Set(statuses(await ask(first, 200)))).toEqual(new Set([200]));
    for (let page = 0; page < 30; page += 1) {
      now += 1_000;
      expect(new Set(statuses(await ask(first, 50)))).toEqual(new Set([200]));
    }
  });

  it.each<[string, unknown]>([
    ['rateLimit must be', 5],
    ['rateLimit.rps', { rps: 1 }],
    ['rateLimit.requestsPerSecond', { burst: 1 }],
    ['rateLimit.requestsPerSecond', { requestsPerSecond: 0, burst: 1 }],
    ['rateLimit.requestsPerSecond', { requestsPerSecond: Number.NaN, burst: 1 }],
    ['rateLimit.burst', { requestsPerSecond: 1 }],
    ['rateLimit.burst', { requestsPerSecond: 1, burst: 0 }],
    ['rateLimit.burst', { requestsPerSecond: 1, burst: 1.5 }],
  ])('refuses a bad %s (case %#)', (message, rateLimit) => {
    expect(() => createCodecServer({ codec, rateLimit: rateLimit as RateLimit })).toThrow(message);
  });
});

describe('RateLimiter', () => {
  it('takes what was used off, and lets nobody on who has used more than there is', () => {
    const limiter = new RateLimiter(100, 1_000);
    expect(limiter.tryTake('a')).toBe(0);
    limiter.charge('a', 1_500);
    expect(limiter.tryTake('b')).toBe(0);
    // 502 more than there are, at a hundred a second.
    expect(limiter.tryTake('a')).toBeCloseTo(5_020, 3);
    now += 5_020;
    expect(limiter.tryTake('a')).toBe(0);
  });

  it('keeps to its memory with 600,000 names, and forgets none that asks', () => {
    // A mock would remember every call.
    jest.restoreAllMocks();
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const limiter = new RateLimiter(0.001, 1);
    collect();
    const before = process.memoryUsage().heapUsed;
    limiter.tryTake('busy');
    const padding = 'x'.repeat(900);
    let refusals = 0;
    for (let index = 0; index < 600_000; index += 1) {
      limiter.tryTake(`${String(index)}${padding}`);
      if (index % 50_000 === 0 && limiter.tryTake('busy') > 0) refusals += 1;
    }
    collect();
    const grownMib = (process.memoryUsage().heapUsed - before) / MIB;
    // Uses the limiter, which is collected before it is measured otherwise.
    expect(limiter.tryTake('busy')).toBeGreaterThan(0);
    expect(grownMib).toBeLessThan(40);
    expect(refusals).toBe(12);
  });
});

it('principals of two issuers are two', () => {
  const principal = (issuer: string): Principal => ({
    id: 'a',
    issuer,
    method: 'bearer',
    groups: [],
    permissions: [],
    claims: {},
    grants: undefined,
  });
  expect(principalKey(principal('b'))).not.toBe(principalKey(principal('c')));
});
