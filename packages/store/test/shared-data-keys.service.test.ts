import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { DataKeyOptions } from '@waxseal/core';
import { PgliteStore } from '@waxseal/store';
import { CountingKey, dataKeyOf, makeMember, type Member, type TestClocks } from './support/fleet';

const store = new PgliteStore();
let key: CountingKey;
let members: Member[];

beforeAll(() => store.check(), 60_000);
afterAll(() => store.close());
beforeEach(() => {
  // A key of its own is a ring of its own.
  key = new CountingKey(`orders-${String(performance.now())}`);
  members = [];
});
afterEach(() => {
  for (const { codec } of members) codec.close();
});

function member(options?: DataKeyOptions, clocks?: TestClocks, patience = '5s'): Member {
  const made = makeMember(key, { store, patience }, options, clocks);
  members.push(made);
  return made;
}

it('50 that start at once make one wrap, and unwrap once each', async () => {
  const all = Array.from({ length: 50 }, () => member());
  await Promise.all(all.map(({ codec }) => codec.warmUp()));
  expect(key).toMatchObject({ wraps: 1, unwraps: 49, otherWraps: 1, otherUnwraps: 49 });
  const used = new Set(await Promise.all(all.map(dataKeyOf)));
  expect(used.size).toBe(1);
  expect(all.every(({ taken }) => taken.own === 0 && taken.shared === 1)).toBe(true);
});
