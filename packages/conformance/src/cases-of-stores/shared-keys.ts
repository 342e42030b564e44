import { randomUUID } from 'node:crypto';
import type { SharedKeyClaim, SharedKeyPart, SharedKeyRecord, Store } from '@waxseal/store';
import { assertSameBytes } from '../check/samples';
import { newRecord } from '../check/store-samples';
import { defineStoreCase } from '../store-case';

const AT_ONCE = 40;
const NONE: SharedKeyPart = { messages: 0, bytes: 0 };
const MANY: SharedKeyPart = { messages: 2 ** 32, bytes: 2 ** 50 };
const ONE: SharedKeyPart = { messages: 1, bytes: 1 };

function newRing(): string {
  return randomUUID();
}

function claimOf(sequence: number): SharedKeyClaim {
  return { sequence, claimant: randomUUID() };
}

async function publish(
  { sharedKeys }: Store,
  ring: string,
  sequence: number,
  taken = NONE,
  ageMs = 0,
): Promise<Uint8Array> {
  const claim = claimOf(sequence);
  const record = newRecord(80).bytes;
  if (!(await sharedKeys.claim(ring, claim, undefined)))
    throw new Error('A claim to a new number was refused.');
  if (!(await sharedKeys.publish(ring, claim, { record, taken, ageMs }))) {
    throw new Error('A key was not published, although its claim is there.');
  }
  return record;
}

async function newest({ sharedKeys }: Store, ring: string): Promise<SharedKeyRecord> {
  const { key } = await sharedKeys.find(ring);
  if (key === undefined) throw new Error('A key that was published is not there.');
  return key;
}

/** Data keys that processes share. */
export const sharedKeyCases = [
  defineStoreCase('gives a shared key as it was published, in its ring alone', [], async (harness) => {
    const store = await harness.store();
    const [ring, other] = [newRing(), newRing()];
    if ((await store.sharedKeys.find(ring)).key !== undefined)
      throw new Error('A ring has a key from the start.');
    const record = await publish(store, ring, 7, { messages: 3, bytes: 5 });
    const key = await newest(store, ring);
    assertSameBytes(key.record, record, 'A shared key');
    if (key.sequence !== 7 || key.taken.messages !== 3 || key.taken.bytes !== 5) {
      throw new Error('A shared key has another number, or another part of it is taken.');
    }
    const { key: foreign, claim } = await store.sharedKeys.find(other);
    if (foreign !== undefined || claim !== undefined) throw new Error('A ring sees the key of another.');
  }),

  defineStoreCase('gives one of many claims at once', [], async (harness) => {
    const store = await harness.store();
    const ring = newRing();
    let before: string | undefined;
    // The second time they stand in the place of the first that was given.
    for (const round of ['new', 'taken over']) {
      const claims = Array.from({ length: AT_ONCE }, () => claimOf(1));
      const given = await Promise.all(claims.map((claim) => store.sharedKeys.claim(ring, claim, before)));
      const winners = claims.filter((_, index) => given[index]);
      if (winners.length !== 1) throw new Error(`${String(winners.length)} claims were ${round} at once.`);
      const { claim } = await store.sharedKeys.find(ring);
      if (claim?.claimant !== winners[0]?.claimant) throw new Error('A ring tells of another claim.');
      before = claim?.claimant;
    }
  }),

  defineStoreCase('says of a claim that is repeated the same', [], async (harness) => {
    const { sharedKeys } = await harness.store();
    const [ring, first, second] = [newRing(), claimOf(1), claimOf(1)];
    for (let time = 0; time < 2; time++) {
      if (!(await sharedKeys.claim(ring, first, undefined))) throw new Error('A claim was refused.');
    }
    for (let time = 0; time < 2; time++) {
      if (!(await sharedKeys.claim(ring, second, first.claimant))) {
        throw new Error('A claim was not taken over.');
      }
    }
    const key = { record: newRecord(80).bytes, taken: ONE, ageMs: 0 };
    for (let time = 0; time < 2; time++) {
      if (!(await sharedKeys.publish(ring, second, key))) throw new Error('A key was not published.');
      await sharedKeys.take(ring, 1, ONE, MANY, 0);
    }
    const { taken } = (await sharedKeys.find(ring)).key ?? {};
    if (taken?.messages !== 3) throw new Error('A key that is published again forgets what was taken of it.');
  }),

  defineStoreCase('publishes no key whose claim is not there, and changes none', [], async (harness) => {
    const store = await harness.store();
    const { sharedKeys } = store;
    const [ring, mine] = [newRing(), claimOf(1)];
    const key = { record: newRecord(80).bytes, taken: NONE, ageMs: 0 };
    if (await sharedKeys.publish(ring, mine, key)) throw new Error('A key was published without a claim.');
    await sharedKeys.claim(ring, mine, undefined);
    await sharedKeys.release(ring, mine);
    if (await sharedKeys.publish(ring, mine, key))
      throw new Error('A claim was there after it was given up.');
    const record = await publish(store, ring, 1);
    if (await sharedKeys.claim(ring, mine, undefined)) throw new Error('A key that is there was claimed.');
    if (await sharedKeys.publish(ring, mine, key)) throw new Error('A key was published by somebody else.');
    await sharedKeys.release(ring, mine);
    assertSameBytes((await newest(store, ring)).record, record, 'A shared key');
  }),

  defineStoreCase('never gives more of a key than there is, nor less', [], async (harness) => {
    const store = await harness.store();
    const ring = newRing();
    await publish(store, ring, 1);
    const part = { messages: 3, bytes: 10 };
    const most = { messages: 50, bytes: 1_000 };
    const parts = Array.from({ length: AT_ONCE }, () => store.sharedKeys.take(ring, 1, part, most, 0));
    const given = (await Promise.all(parts)).filter((each) => each !== undefined);
    if (given.length !== 16) throw new Error(`${String(given.length)} parts were given, and 16 fit.`);
    if ((await newest(store, ring)).taken.messages !== 48)
      throw new Error('Parts were lost or counted twice.');
    if ((await store.sharedKeys.take(ring, 1, { messages: 2, bytes: 1 }, most, 0)) === undefined) {
      throw new Error('What is left was not given.');
    }
    if ((await store.sharedKeys.take(ring, 1, { messages: 0, bytes: 900 }, most, 0)) !== undefined) {
      throw new Error('More bytes were given than there are.');
    }
    if ((await store.sharedKeys.take(ring, 2, ONE, most, 0)) !== undefined) {
      throw new Error('A part was given of a key that is not there.');
    }
  }),

  defineStoreCase('makes no key younger', [], async (harness) => {
    const store = await harness.store();
    const ring = newRing();
    await publish(store, ring, 1, NONE, 5_000);
    const ages = [(await newest(store, ring)).ageMs];
    for (const said of [0, 60_000, 1_000, 60_001]) {
      ages.push((await store.sharedKeys.take(ring, 1, ONE, MANY, said))?.ageMs ?? -1);
      ages.push((await newest(store, ring)).ageMs);
    }
    if (ages.some((age, index) => age < (ages[index - 1] ?? 5_000))) throw new Error('A key became younger.');
    if ((ages[3] ?? 0) < 60_000) throw new Error('What a process has measured was forgotten.');
  }),

  defineStoreCase('keeps the newest keys of a ring, and drops old ones', [], async (harness) => {
    const store = await harness.store();
    const ring = newRing();
    for (let sequence = 1; sequence <= 12; sequence++) await publish(store, ring, sequence);
    if ((await newest(store, ring)).sequence !== 12) throw new Error('The newest key is not there.');
    if ((await store.sharedKeys.take(ring, 11, ONE, MANY, 0)) === undefined) {
      throw new Error('The key before the newest is gone, and processes use it.');
    }
    if ((await store.sharedKeys.take(ring, 1, ONE, MANY, 0)) !== undefined) {
      throw new Error('A key is kept for ever.');
    }
  }),
];
