import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type DataKeyOptions, KeyServiceError } from '@waxseal/core';
import { type SharedKeyRecord, PgliteStore, SharedDataKeys, type Store } from '@waxseal/store';
import { rejectionOf } from '@waxseal/test-support';
import { MemoryStore } from './support/memory-store';
import { CountingKey, dataKeyOf, makeMember, type Member, type TestClocks } from './support/fleet';

const store = new PgliteStore();
let key: CountingKey;
let members: Member[];
let rings = 0;

beforeAll(() => store.check(), 60_000);
afterAll(() => store.close());
beforeEach(() => {
  // A key of its own is a ring of its own.
  key = new CountingKey(`orders-${String((rings += 1))}`);
  members = [];
});
afterEach(() => {
  for (const { codec } of members) codec.close();
});

function member(
  options?: DataKeyOptions,
  { clocks, patience = '5s', at = store }: { clocks?: TestClocks; patience?: string; at?: Store } = {},
): Member {
  const made = makeMember(key, { store: at, patience }, options, clocks);
  members.push(made);
  return made;
}

/** The store, with other shared keys, and whether it is away. */
function storeThat(behaves: {
  isAway?: boolean;
  answersAfterMs?: number;
  asked?: number;
  losesAnswer?: () => boolean;
}): Store {
  return new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (name !== 'sharedKeys' && name !== 'keys') return value;
      return new Proxy(value as object, {
        get:
          (table, method) =>
          async (...values: unknown[]) => {
            behaves.asked = (behaves.asked ?? 0) + 1;
            if (behaves.isAway === true) throw new Error('away');
            await new Promise((resolve) => setTimeout(resolve, behaves.answersAfterMs ?? 0).unref());
            const ask = Reflect.get(table, method) as (...values: unknown[]) => unknown;
            const answer = await ask.apply(table, values);
            if (behaves.losesAnswer?.() === true) throw new Error('The answer was lost.');
            return answer;
          },
      });
    },
  });
}

describe('a fleet', () => {
  it('of 50 that start at once makes one wrap, and unwraps once each', async () => {
    const all = Array.from({ length: 50 }, () => member());
    await Promise.all(all.map(({ codec }) => codec.warmUp()));
    expect(key).toMatchObject({ wraps: 1, unwraps: 49, otherWraps: 1, otherUnwraps: 49 });
    const used = new Set(await Promise.all(all.map(dataKeyOf)));
    expect(used.size).toBe(1);
    expect(all.every(({ taken }) => taken.own === 0 && taken.shared === 1)).toBe(true);
  });

  it('reads what each of it writes without further unwraps', async () => {
    const all = Array.from({ length: 10 }, () => member());
    await Promise.all(all.map(({ codec }) => codec.warmUp()));
    const before = key.unwraps;
    for (const writer of all) {
      const sealed = await writer.codec.encode([{ data: new Uint8Array(8) }]);
      for (const { codec } of all) await codec.decode(sealed);
    }
    expect(key.unwraps).toBe(before);
  });

  it('keeps maxMessages and maxBytes together', async () => {
    const all = Array.from({ length: 8 }, () => member({ maxMessages: 40, maxBytes: 4_000 }));
    const counts = new Map<string, number>();
    await Promise.all(
      all.map(async (one) => {
        for (let count = 0; count < 30; count++) {
          const name = await dataKeyOf(one);
          counts.set(name, (counts.get(name) ?? 0) + 1);
        }
      }),
    );
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(40);
    expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(240);
  }, 60_000);

  it('keeps maxMessages together where answers of the store are lost', async () => {
    const counts = new Map<string, number>();
    const answers = { lost: 0, given: 0 };
    const at = storeThat({
      losesAnswer: () => {
        const isLost = Math.random() < 0.3;
        answers[isLost ? 'lost' : 'given'] += 1;
        return isLost;
      },
    });
    // Each comes back to the shared data key soon.
    const all = Array.from({ length: 6 }, () =>
      member({ maxMessages: 30, maxAge: '200ms', maxStaleAge: '1h' }, { at }),
    );
    await Promise.all(
      all.map(async (one) => {
        for (let count = 0; count < 60; count++) {
          const name = await dataKeyOf(one);
          counts.set(name, (counts.get(name) ?? 0) + 1);
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      }),
    );
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(30);
    expect(answers.lost).toBeGreaterThan(10);
    expect(all.some(({ taken }) => taken.shared > 0 && taken.own > 0)).toBe(true);
  }, 60_000);

  it('hands over: one wrap and one unwrap each for each key', async () => {
    const all = Array.from({ length: 12 }, () => member({ maxAge: '3s' }));
    await Promise.all(all.map(({ codec }) => codec.warmUp()));
    const end = Date.now() + 7_000;
    while (Date.now() < end) {
      await Promise.all(all.map((one) => one.encode(2)));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    // Of keys that serve some two seconds each.
    expect(key.wraps).toBeGreaterThanOrEqual(3);
    expect(key.wraps).toBeLessThanOrEqual(5);
    expect(key.unwraps).toBeLessThanOrEqual(11 * key.wraps);
    expect(all.every(({ taken }) => taken.own === 0)).toBe(true);
  }, 30_000);

  it('whose keyrings or limits differ shares nothing', async () => {
    const one = member();
    const other = member({ maxAge: '2h' });
    expect(await dataKeyOf(one)).not.toBe(await dataKeyOf(other));
    expect(key.wraps).toBe(2);
  });

  it('with maxMessages: 1 has a data key for each payload', async () => {
    const behaves = { asked: 0 };
    const one = member({ maxMessages: 1 }, { at: storeThat(behaves) });
    await one.encode(3);
    expect([key.wraps, behaves.asked]).toEqual([3, 0]);
  });
});

describe('while the store is away', () => {
  it('at the start each has a data key of its own, after a short wait, and comes back', async () => {
    const behaves = { isAway: true };
    const all = Array.from({ length: 3 }, () => member({ maxAge: '1s' }, { at: storeThat(behaves) }));
    await Promise.all(all.map(({ codec }) => codec.warmUp()));
    expect(key.wraps).toBe(3);
    expect(all.map(({ taken }) => taken.own)).toEqual([1, 1, 1]);
    behaves.isAway = false;
    const end = Date.now() + 5_000;
    while (Date.now() < end && all.some(({ taken }) => taken.shared === 0)) {
      await Promise.all(all.map((one) => one.encode()));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(all.every(({ taken }) => taken.shared > 0)).toBe(true);
    expect(new Set(await Promise.all(all.map(dataKeyOf))).size).toBe(1);
  }, 30_000);

  it('and does not answer, encoding waits for it once, and no longer than it may', async () => {
    const behaves = { answersAfterMs: 60_000, asked: 0 };
    const one = member({}, { at: storeThat(behaves), patience: '300ms' });
    const begun = performance.now();
    await one.encode(50);
    expect(performance.now() - begun).toBeLessThan(3_000);
    expect(behaves.asked).toBe(1);
    expect(key.wraps).toBe(1);
  });

  it('the shared data key that is there is used on, up to its part', async () => {
    const behaves = { isAway: false };
    const one = member({}, { at: storeThat(behaves) });
    await one.codec.warmUp();
    const before = await dataKeyOf(one);
    behaves.isAway = true;
    await one.encode(60);
    expect(await dataKeyOf(one)).toBe(before);
    await one.encode(64);
    expect(await dataKeyOf(one)).not.toBe(before);
    expect(key.wraps).toBe(2);
  });

  it('a key service that is away too is told', async () => {
    const one = member({}, { at: storeThat({ isAway: true }) });
    key.failure = new KeyServiceError(key.id, 'denied');
    expect(await rejectionOf(() => one.encode())).toMatchObject({ reason: 'denied' });
  });
});

describe('while the key service is away', () => {
  it('the shared data key serves on, and is taken further parts of', async () => {
    const one = member({ maxAge: '1s', maxStaleAge: '1h' });
    await one.codec.warmUp();
    const before = await dataKeyOf(one);
    key.failure = new KeyServiceError(key.id, 'unavailable');
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await one.encode(300);
    expect(await dataKeyOf(one)).toBe(before);
  }, 30_000);
});

describe('what is in the store', () => {
  /** The ring that a member is of, and its newest key. */
  async function foundBy(one: Member): Promise<readonly [string, SharedKeyRecord]> {
    let ring = '';
    const seen = new Proxy(store.sharedKeys, {
      get:
        (target, name) =>
        (given: string, ...rest: unknown[]) => {
          ring = given;
          const ask = Reflect.get(target, name) as (...values: unknown[]) => unknown;
          return ask.call(target, given, ...rest);
        },
    });
    const spying = new Proxy(store, {
      get: (target, name) => (name === 'sharedKeys' ? seen : (Reflect.get(target, name) as unknown)),
    });
    const spy = member({}, { at: spying });
    await spy.codec.warmUp();
    await one.codec.warmUp();
    const { key: found } = await store.sharedKeys.find(ring);
    if (found === undefined) throw new Error('There is no key.');
    return [ring, found];
  }

  it('is of no use to who knows a data key with its wrapped form, and can write', async () => {
    const [ring, { record, sequence }] = await foundBy(member());
    // An announcement that is whole, under a data key that leaked, with what authenticates another one.
    const leaked = new CountingKey(key.id);
    const theirs = new MemoryStore();
    await makeMember(leaked, { store: theirs.store }, {}).codec.warmUp();
    const forged = theirs.newest.record ?? new Uint8Array();
    expect(forged.length).toBeGreaterThan(100);
    const claim = { sequence: sequence + 1, claimant: 'attacker' };
    await store.sharedKeys.claim(ring, claim, undefined);
    await store.sharedKeys.publish(ring, claim, {
      record: forged,
      taken: { messages: 0, bytes: 0 },
      ageMs: 0,
    });
    const victim = member();
    await victim.encode();
    const { key: after } = await store.sharedKeys.find(ring);
    expect(after?.sequence).toBe(sequence + 2);
    expect(Buffer.from(after?.record ?? []).equals(forged)).toBe(false);
    expect(Buffer.from(after?.record ?? []).equals(Buffer.from(record))).toBe(false);
    expect(leaked.unwraps).toBe(0);
  });

  it('nor is a data key’s wrapped form in the place of the fleet’s secret', async () => {
    const one = member();
    await one.codec.warmUp();
    const [secret] = await store.keys.list('data-key-exchange', undefined, 1_000);
    expect(secret?.bytes).toBeDefined();
    const wrapped = await new CountingKey(key.id).wrap(
      new Uint8Array(32),
      Buffer.from('waxseal/v1/data-key'),
    );
    const listed = await store.keys.list('data-key-exchange', undefined, 1_000);
    const id = Buffer.from(key.id);
    const mine = listed.find(({ bytes }) => Buffer.from(bytes ?? []).includes(id));
    if (mine?.bytes === undefined) throw new Error('There is no secret.');
    const forged = Buffer.concat([
      Uint8Array.of(0, id.length),
      id,
      Uint8Array.of(1, 0, wrapped.bytes.length),
      wrapped.bytes,
    ]);
    await store.keys.replace('data-key-exchange', mine.name, mine.bytes, forged);
    const victim = member();
    await victim.encode();
    expect(victim.taken).toEqual({ shared: 0, own: 1 });
  });
});

describe('a keyring whose key service cannot keep a secret', () => {
  it('needs one that the application gives', async () => {
    key = new CountingKey(key.id, undefined, false);
    const one = member();
    expect(await rejectionOf(() => one.encode())).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
    const secret = new Uint8Array(32).fill(9);
    const [first, second] = [makeMember(key, { store, secret }), makeMember(key, { store, secret })];
    members.push(first, second);
    await first.encode();
    await second.encode();
    expect(key).toMatchObject({ wraps: 1, unwraps: 1, otherWraps: 0, otherUnwraps: 0 });
  });

  it('decodes without any', async () => {
    const weak = new CountingKey(key.id, undefined, false);
    const plain = makeMember(weak, { store, secret: new Uint8Array(32) });
    const sealed = await plain.codec.encode([{ data: new Uint8Array(8) }]);
    const reader = makeMember(weak, { store });
    members.push(plain, reader);
    expect((await reader.codec.decode(sealed))[0]?.data).toEqual(new Uint8Array(8));
  });
});

describe('options', () => {
  it.each<[string, object, RegExp]>([
    ['no store', {}, /store must be a Store/],
    ['a store of before', { store: { keys: {}, tokens: {} } }, /store must be a Store/],
    ['one that is misspelt', { store, patience_: 1 }, /"patience_" is not an option/],
    ['a patience that is too long', { store, patience: '1 hour' }, /patience must be a duration/],
    ['a short secret', { store, secret: new Uint8Array(31) }, /at least 32 bytes/],
    ['a secret that is text', { store, secret: 'x'.repeat(40) }, /Uint8Array/],
  ])('%s is refused', (_name, options, message) => {
    expect(() => new SharedDataKeys(options as never)).toThrow(message);
  });

  it('are shown without the secret', () => {
    const shared = new SharedDataKeys({ store, secret: Buffer.from('s3cret'.repeat(10)) });
    expect(JSON.stringify(shared)).toBe('{"store":"pglite","patienceMs":1000,"hasSecret":true}');
  });
});
