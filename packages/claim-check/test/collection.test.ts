import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sweep, TokenFilter, tokenNeededBy } from '@waxseal/claim-check';
import { PgliteStore, type Store } from '@waxseal/store';
import fc from 'fast-check';

let store: PgliteStore;

beforeAll(async () => {
  store = new PgliteStore();
  await store.check();
});

afterAll(async () => {
  await store.close();
});

function newScope(): Uint8Array {
  return new Uint8Array(Buffer.from(randomUUID().replaceAll('-', ''), 'hex'));
}

async function isThere(token: string): Promise<boolean> {
  return (await store.tokens.get([token])).records.has(token);
}

/** Whether it is there, without saying that it is needed. */
async function isListed(scope: Uint8Array, token: string): Promise<boolean> {
  const all = await store.tokens.listBefore(Number.MAX_SAFE_INTEGER, scope, undefined, 10_000);
  return all.some((each) => each.token === token);
}

describe('a sweep', () => {
  const put = (scope: Uint8Array, tokens: readonly string[]): Promise<void> =>
    store.tokens.put(tokens.map((token) => ({ token, scope, bytes: new Uint8Array(10) })));
  const collect = async (
    scope: Uint8Array,
    needed: readonly string[],
    isDryRun = false,
    of: Store = store,
  ): ReturnType<typeof sweep> => {
    const collection = await store.tokens.beginCollection();
    return sweep({
      store: of,
      collection,
      scopes: [scope],
      isNeeded: (token) => needed.includes(token),
      isDryRun,
      pageSize: 2,
    });
  };

  it('removes what two of them found nobody to need', async () => {
    const scope = newScope();
    const [kept, gone] = [randomUUID(), randomUUID()];
    await put(scope, [kept, gone]);
    expect(await collect(scope, [kept])).toMatchObject({ records: 2, needed: 1, marked: 1, removed: 0 });
    expect(await isListed(scope, gone)).toBe(true);
    expect(await collect(scope, [kept])).toMatchObject({ records: 2, needed: 1, marked: 0, removed: 1 });
    expect(await isListed(scope, gone)).toBe(false);
    expect(await isListed(scope, kept)).toBe(true);
  });

  it('changes nothing when it is dry, and tells the same', async () => {
    const scope = newScope();
    const tokens = Array.from({ length: 5 }, () => randomUUID());
    await put(scope, tokens);
    await collect(scope, []);
    expect(await collect(scope, [], true)).toMatchObject({ records: 5, removed: 5, removedBytes: 50 });
    expect(await collect(scope, [])).toMatchObject({ records: 5, removed: 5, removedBytes: 50 });
    expect(await collect(scope, [])).toMatchObject({ records: 0 });
  });

  it.each([
    ['put', (scope: Uint8Array, token: string) => put(scope, [token])],
    ['got', (_: Uint8Array, token: string) => store.tokens.get([token])],
    ['found to be needed', (scope: Uint8Array, token: string) => collect(scope, [token])],
  ])('leaves what was %s in between', async (_, use) => {
    const scope = newScope();
    const token = randomUUID();
    await put(scope, [token]);
    await collect(scope, []);
    await use(scope, token);
    expect(await collect(scope, [])).toMatchObject({ removed: 0 });
    expect(await isListed(scope, token)).toBe(true);
    expect(await collect(scope, [])).toMatchObject({ removed: 1 });
  });

  it('leaves what is put between the look and the removal', async () => {
    const scope = newScope();
    const token = randomUUID();
    await put(scope, [token]);
    await collect(scope, []);
    const late: Store = {
      kind: store.kind,
      keys: store.keys,
      sharedKeys: store.sharedKeys,
      check: () => store.check(),
      close: () => Promise.resolve(),
      tokens: new Proxy(store.tokens, {
        get: (target, name: keyof Store['tokens']) =>
          name === 'removeMarked'
            ? async (...args: Parameters<Store['tokens']['removeMarked']>) => {
                await put(scope, [token]);
                return target.removeMarked(...args);
              }
            : target[name].bind(target),
      }),
    };
    expect(await collect(scope, [], false, late)).toMatchObject({ removed: 0 });
    expect(await isThere(token)).toBe(true);
  });

  it('stops where another one has begun since, and marks and removes nothing', async () => {
    const scope = newScope();
    const token = randomUUID();
    await put(scope, [token]);
    const first = await store.tokens.beginCollection();
    await store.tokens.beginCollection();
    const options = { store, collection: first, scopes: [scope], isNeeded: () => false };
    await expect(sweep({ ...options, isDryRun: false })).rejects.toMatchObject({
      code: 'WAXSEAL_CONFIGURATION',
    });
    const listed = await store.tokens.listBefore(Number.MAX_SAFE_INTEGER, scope, undefined, 10);
    expect(listed).toMatchObject([{ token, markedBy: undefined }]);
  });

  it('does not touch other scopes', async () => {
    const [mine, theirs] = [newScope(), newScope()];
    const token = randomUUID();
    await put(theirs, [token]);
    await collect(mine, []);
    await collect(mine, []);
    expect(await isListed(theirs, token)).toBe(true);
  });
});

/**
 * Writers keep payloads and give Temporal their tokens some steps later, or never; executions pass tokens on
 * and are deleted; collectors begin, wait, look at executions one by one, and sweep, several at once, and
 * are killed. Time is a number of steps: nothing asks a clock.
 */
describe('collections among writers, in any order of steps', () => {
  /** Steps after which Temporal has a token from its writer, or never will; and so long collectors wait. */
  const GRACE = 6;

  interface Collector {
    readonly collection: number;
    readonly beganAt: number;
    readonly seen: Set<string>;
    toRead: number[] | undefined;
  }

  const step = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('put' as const), token: fc.nat(2), isLost: fc.boolean() }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('pass on' as const), from: fc.nat(3) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), which: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('read' as const), token: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('begin' as const) }) },
    {
      weight: 14,
      arbitrary: fc.record({
        do: fc.constant('go on' as const),
        which: fc.integer({ min: 0, max: 3 }).map((number) => (number === 0 ? 1 : 0)),
        isKilled: fc.integer({ min: 0, max: 5 }).map((number) => number === 0),
      }),
    },
  );

  it('never remove what an execution has', async () => {
    let removedInAll = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 60, maxLength: 160 }), async (steps) => {
        const scope = newScope();
        const tokens = Array.from({ length: 3 }, () => randomUUID());
        const tokenAt = (index: number): string => tokens[index] ?? '';
        /** Executions by number, with the tokens that they have. */
        const executions = new Map<number, Set<string>>();
        let made = 0;
        const pending: { readonly at: number; readonly token: string }[] = [];
        let collectors: Collector[] = [];
        for (const [now, one] of steps.entries()) {
          for (const due of pending.filter(({ at }) => at === now)) {
            executions.set(made++, new Set([due.token]));
          }
          switch (one.do) {
            case 'put': {
              const token = tokenAt(one.token);
              await store.tokens.put([{ token, scope, bytes: new Uint8Array(1) }]);
              if (!one.isLost) pending.push({ at: now + GRACE, token });
              break;
            }
            case 'pass on': {
              const source = [...executions.values()][one.from];
              if (source !== undefined) executions.set(made++, new Set(source));
              break;
            }
            case 'delete': {
              // What is retained outlives a collection that is under way.
              const number = [...executions.keys()][one.which];
              if (number !== undefined && collectors.length === 0) executions.delete(number);
              break;
            }
            case 'read': {
              const token = tokenAt(one.token);
              const isNeeded = [...executions.values()].some((has) => has.has(token));
              if (isNeeded) expect(await isThere(token)).toBe(true);
              break;
            }
            case 'begin': {
              const collection = await store.tokens.beginCollection();
              collectors.push({ collection, beganAt: now, seen: new Set(), toRead: undefined });
              break;
            }
            case 'go on': {
              const collector = collectors[one.which];
              if (collector === undefined || now - collector.beganAt <= GRACE) break;
              // Those that begin later have what others have, or what was put since.
              collector.toRead ??= [...executions.keys()];
              const next = collector.toRead.pop();
              if (next !== undefined) {
                for (const token of executions.get(next) ?? []) collector.seen.add(token);
                break;
              }
              collectors = collectors.filter((each) => each !== collector);
              const controller = new AbortController();
              const { seen, collection } = collector;
              const report = await sweep({
                store,
                collection,
                scopes: [scope],
                isNeeded: (token) => seen.has(token),
                isDryRun: false,
                pageSize: 2,
                onPage: () => {
                  if (one.isKilled) controller.abort(new Error('killed'));
                },
                signal: controller.signal,
              }).catch(() => undefined);
              removedInAll += report?.removed ?? 0;
              break;
            }
          }
        }
        const listed = await store.tokens.listBefore(Number.MAX_SAFE_INTEGER, scope, undefined, 100);
        const there = new Set(listed.map(({ token }) => token));
        for (const has of executions.values()) {
          for (const token of has) expect(there).toContain(token);
        }
      }),
      { numRuns: 120 },
    );
    // Else it would say nothing.
    expect(removedInAll).toBeGreaterThan(0);
  }, 120_000);
});

describe('a filter of tokens', () => {
  it('forgets none, takes few others for given, and goes on where it was', () => {
    const filter = new TokenFilter(16_384);
    const tokens = Array.from({ length: 10_000 }, () => randomUUID());
    for (const token of tokens) filter.add(token);
    const again = TokenFilter.fromBytes(filter.toBytes());
    for (const each of [filter, again]) expect(tokens.every((token) => each.mayHave(token))).toBe(true);
    const others = Array.from({ length: 10_000 }, () => randomUUID());
    const wrong = others.filter((token) => filter.mayHave(token)).length;
    // 13.1 bits for each of them: some 2 in 1,000.
    expect(wrong).toBeLessThan(100);
    const salted = new TokenFilter(16_384);
    for (const token of tokens) salted.add(token);
    expect(others.filter((token) => filter.mayHave(token) && salted.mayHave(token)).length).toBeLessThan(10);
  });
});

describe('the token that a payload needs', () => {
  const token = '00112233-4455-8677-8899-aabbccddeeff';
  const reference = (data: string) => ({
    metadata: {
      encoding: Buffer.from('json/protobuf'),
      messageType: Buffer.from('temporal.api.sdk.v1.ExternalStorageReference'),
    },
    data: Buffer.from(data),
  });

  it.each([
    [
      'a token',
      {
        metadata: { encoding: Buffer.from('binary/uuid-sub') },
        data: Buffer.from(token.replaceAll('-', ''), 'hex'),
      },
      token,
    ],
    [
      'a reference',
      reference(JSON.stringify({ driverName: 'any', claimData: { token, sha256: 'x' } })),
      token,
    ],
    ['a reference to another store', reference('{"driverName":"s3","claimData":{"key":"k"}}'), undefined],
    ['a reference that is no JSON', reference('{'), undefined],
    [
      'a token that is none',
      { metadata: { encoding: Buffer.from('binary/uuid-sub') }, data: Buffer.from('x') },
      undefined,
    ],
    ['another', { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('1') }, undefined],
    ['nothing', {}, undefined],
  ])('%s', (_, payload, expected) => {
    expect(tokenNeededBy(payload)).toBe(expected);
  });
});
