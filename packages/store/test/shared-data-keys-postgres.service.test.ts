import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type PostgresServer, startPostgres } from '@waxseal/bring-up';
import type { DataKeyOptions } from '@waxseal/core';
import { PostgresStore, type SharedKeyPart, type StoreRequestSettings } from '@waxseal/store';
import { describeWithPostgres } from '@waxseal/test-support/with-postgres';
import { CountingKey, dataKeyOf, makeMember, type Member } from './support/fleet';

const QUICK = { attemptTimeout: '500ms', totalTimeout: '800ms', breakerResetAfter: '200ms' };
/** For machines that have other things to do. */
const PATIENT = { attemptTimeout: '10s', totalTimeout: '10s' };

describeWithPostgres('data keys that are shared through PostgreSQL', () => {
  let server: PostgresServer;
  let stores: PostgresStore[];
  let members: Member[];
  let key: CountingKey;
  let rings = 0;

  beforeAll(async () => {
    server = await startPostgres({ clockOffsetSeconds: 0 });
    const owner = new PostgresStore({ url: server.url });
    await server.sql("CREATE ROLE worker LOGIN PASSWORD 'worker'");
    await owner.migrate({ application: ['worker'] });
    await owner.close();
  }, 120_000);
  afterAll(() => server.stop(), 60_000);
  beforeEach(async () => {
    await server.setClock(0);
    if (server.processId === undefined) await server.restart();
    key = new CountingKey(`orders-${String((rings += 1))}`);
    stores = [];
    members = [];
  }, 60_000);
  afterEach(async () => {
    for (const { codec } of members) codec.close();
    await Promise.all(stores.map((store) => store.close()));
  });

  /** A store with connections of its own, and the rights of an application. */
  function open(requests: StoreRequestSettings = PATIENT): PostgresStore {
    const url = server.url.replace(/\/\/[^@]*@/, '//worker:worker@');
    const store = new PostgresStore({ url, requests });
    stores.push(store);
    return store;
  }

  function member(
    options: DataKeyOptions = {},
    wallOffsetMs = 0,
    requests = PATIENT,
    patience = '10s',
  ): Member {
    const clocks = { steady: () => performance.now(), wall: () => Date.now() + wallOffsetMs };
    const made = makeMember(key, { store: open(requests), patience }, options, clocks);
    members.push(made);
    return made;
  }

  /** Lets all encode for so long, and says how many data keys they used. */
  async function work(all: readonly Member[], ms: number): Promise<void> {
    const end = Date.now() + ms;
    while (Date.now() < end) {
      await Promise.all(all.map((one) => one.encode(2)));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it('50 that start at once make one wrap, with the rights of an application', async () => {
    const all = Array.from({ length: 50 }, () => member());
    await Promise.all(all.map(({ codec }) => codec.warmUp()));
    expect(key).toMatchObject({ wraps: 1, unwraps: 49, otherWraps: 1 });
    expect(new Set(await Promise.all(all.map(dataKeyOf))).size).toBe(1);
  }, 60_000);

  it('parts that many take at once never exceed the bounds, and nothing is left over', async () => {
    const [one, ...others] = Array.from({ length: 6 }, () => open());
    const claim = { sequence: 1, claimant: 'one' };
    const none = { messages: 0, bytes: 0 };
    await one?.sharedKeys.claim('ring', claim, undefined);
    const published = { record: new Uint8Array(9), taken: none, ageMs: 0 };
    expect(await one?.sharedKeys.publish('ring', claim, published)).toBe(true);
    const most: SharedKeyPart = { messages: 100, bytes: 1e15 };
    const part: SharedKeyPart = { messages: 3, bytes: 7 };
    const taken = await Promise.all(
      others.flatMap((store) =>
        Array.from({ length: 20 }, () => store.sharedKeys.take('ring', 1, part, most, 0)),
      ),
    );
    expect(taken.filter((each) => each !== undefined)).toHaveLength(33);
    expect((await one?.sharedKeys.find('ring'))?.key?.taken).toEqual({ messages: 99, bytes: 231 });
    expect(await one?.sharedKeys.publish('ring', claim, published)).toBe(true);
    expect((await one?.sharedKeys.find('ring'))?.key?.taken).toEqual({ messages: 99, bytes: 231 });
  }, 60_000);

  it('of claims at once one is given, also where they stand in the place of the same other', async () => {
    const all = Array.from({ length: 6 }, () => open());
    const claims = async (instead?: string): Promise<string[]> => {
      const given = await Promise.all(
        all.map(async ({ sharedKeys }, index) => {
          const claim = { sequence: 1, claimant: `${instead ?? 'first'}-${String(index)}` };
          return (await sharedKeys.claim('claims', claim, instead)) ? claim.claimant : '';
        }),
      );
      return given.filter((claimant) => claimant !== '');
    };
    const first = await claims();
    expect(first).toHaveLength(1);
    const second = await claims(first[0]);
    expect(second).toHaveLength(1);
    const late = { record: new Uint8Array(1), taken: { messages: 0, bytes: 0 }, ageMs: 0 };
    const [store] = all;
    expect(await store?.sharedKeys.publish('claims', { sequence: 1, claimant: String(first[0]) }, late)).toBe(
      false,
    );
    await store?.sharedKeys.release('claims', { sequence: 1, claimant: String(first[0]) });
    expect((await store?.sharedKeys.find('claims'))?.claim?.claimant).toBe(second[0]);
  }, 60_000);

  it('keeps the last few keys of a ring, and of no other', async () => {
    const { sharedKeys } = open();
    for (const ring of ['long', 'short']) {
      for (let sequence = 1; sequence <= (ring === 'long' ? 12 : 2); sequence++) {
        const claim = { sequence, claimant: 'one' };
        await sharedKeys.claim(ring, claim, undefined);
        const taken = { messages: 0, bytes: 0 };
        await sharedKeys.publish(ring, claim, { record: Uint8Array.of(sequence), taken, ageMs: 0 });
      }
    }
    const rows = await server.sql(
      "SELECT ring, min(sequence)::int AS least, max(sequence)::int AS most FROM waxseal.shared_key WHERE ring IN ('long', 'short') GROUP BY ring ORDER BY ring",
    );
    expect(rows).toEqual([
      { ring: 'long', least: 8, most: 12 },
      { ring: 'short', least: 1, most: 2 },
    ]);
  });

  it('ages never go back, whatever the database’s clock does', async () => {
    const { sharedKeys } = open();
    const claim = { sequence: 1, claimant: 'one' };
    const most = { messages: 100, bytes: 100 };
    const part = { messages: 1, bytes: 1 };
    await sharedKeys.claim('ages', claim, undefined);
    await sharedKeys.publish('ages', claim, { record: new Uint8Array(1), taken: part, ageMs: 5_000 });
    const ages: number[] = [];
    for (const [offset, said] of [
      [0, 0],
      [3_600, 0],
      [-3_600, 0],
      [0, 9_000_000],
      [-3_600, 0],
      [0, 0],
    ] as const) {
      await server.setClock(offset);
      ages.push((await sharedKeys.find('ages')).key?.ageMs ?? -1);
      ages.push((await sharedKeys.take('ages', 1, part, most, said))?.ageMs ?? -1);
    }
    expect(ages[0]).toBeGreaterThanOrEqual(5_000);
    expect(ages[3]).toBeGreaterThanOrEqual(3_600_000);
    expect(ages.at(-1)).toBeGreaterThanOrEqual(9_000_000);
    expect(ages).toEqual(ages.toSorted((a, b) => a - b));
  }, 60_000);

  it.each([-3_600, 3_600])(
    'a clock that jumps by %s s: no data key is used past its age',
    async (seconds) => {
      const all = Array.from({ length: 6 }, () => member({ maxAge: '3s' }));
      await Promise.all(all.map(({ codec }) => codec.warmUp()));
      const before = await dataKeyOf(all[0] as Member);
      await work(all, 1_000);
      await server.setClock(seconds);
      await work(all, 2_500);
      // Three and a half seconds after it was made.
      const after = await Promise.all(all.map(dataKeyOf));
      expect(after).not.toContain(before);
      expect(key.wraps).toBeLessThanOrEqual(5);
      expect(all.every(({ taken }) => taken.own === 0)).toBe(true);
    },
    60_000,
  );

  it('two clusters with clocks five minutes apart agree', async () => {
    const early = Array.from({ length: 5 }, () => member({ maxAge: '2s' }, -150_000));
    const late = Array.from({ length: 5 }, () => member({ maxAge: '2s' }, 150_000));
    await work([...early, ...late], 4_000);
    const used = await Promise.all([...early, ...late].map(dataKeyOf));
    expect(new Set(used).size).toBeLessThanOrEqual(2);
    expect(key.wraps).toBeLessThanOrEqual(5);
    expect([...early, ...late].every(({ taken }) => taken.own === 0)).toBe(true);
  }, 60_000);

  it('killed in the middle of a hand-over, and back: encoding goes on, and then they agree again', async () => {
    const all = Array.from({ length: 6 }, () => member({ maxAge: '2s' }, 0, QUICK, '2s'));
    await Promise.all(all.map(({ codec }) => codec.warmUp()));
    let release: () => void = () => undefined;
    key.gate = new Promise((resolve) => (release = resolve));
    // The hand-over begins, and its wrap waits.
    const begun = Date.now();
    while (key.wraps < 2 && Date.now() - begun < 10_000) await work(all, 50);
    expect(key.wraps).toBe(2);
    await server.kill();
    release();
    key.gate = Promise.resolve();
    const longest: number[] = [];
    const end = Date.now() + 4_000;
    while (Date.now() < end) {
      const at = performance.now();
      await Promise.all(all.map((one) => one.encode()));
      longest.push(performance.now() - at);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(Math.max(...longest)).toBeLessThan(5_500);
    expect(all.some(({ taken }) => taken.own > 0)).toBe(true);
    await server.restart();
    for (const { taken } of all) taken.shared = 0;
    const back = Date.now();
    while (Date.now() - back < 15_000 && all.some(({ taken }) => taken.shared === 0)) await work(all, 100);
    expect(all.every(({ taken }) => taken.shared > 0)).toBe(true);
  }, 120_000);

  describe('a schema of before', () => {
    it('is brought up while an old process goes on', async () => {
      const owner = new PostgresStore({ url: server.url, schema: 'older' });
      stores.push(owner);
      await owner.migrate();
      await server.sql('DROP TABLE older.shared_key; DELETE FROM older.migration WHERE version = 2');
      await owner.keys.create('subject', 'a', new Uint8Array(1));
      await expect(owner.check()).rejects.toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
      expect(await owner.migrate()).toEqual({ from: 1, to: 2 });
      expect((await owner.keys.get('subject', 'a'))?.bytes).toEqual(new Uint8Array(1));
      await owner.check();
    });
  });
});
