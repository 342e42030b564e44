import type { Store } from '@waxseal/store';
import { elapsedMs } from '../check/refusal-of';
import { assertSameBytes } from '../check/samples';
import { assertShowsNoSecret } from '../check/secrets';
import { configurationErrorOf, storeFailureOf } from '../check/store-failure';
import { assertKept, newRecord, newRecords } from '../check/store-samples';
import { defineStoreCase } from '../store-case';

const PROMPT_MS = 1_000;

/** From the first request to the last. */
export const lifeCases = [
  defineStoreCase('finds a database with its tables to be in order', [], async (harness) => {
    const store = await harness.store();
    if (store.kind === '') throw new Error('A store does not say of which kind it is.');
    await store.check();
    await store.check();
  }),

  defineStoreCase('says what to do about a database without tables', ['emptyStore'], async (harness) => {
    const store = await harness.emptyStore();
    await configurationErrorOf(harness, 'a check without tables', () => store.check());
    const record = newRecord();
    for (const request of [() => store.tokens.put([record]), () => store.tokens.get([record.token])]) {
      await storeFailureOf(
        harness,
        { of: 'a request without tables', reasons: ['schema'], given: [record.bytes] },
        request,
      );
    }
  }),

  defineStoreCase('closes once, and refuses promptly after that', ['separateStores'], async (harness) => {
    const [store, other, unused] = [await harness.store(), await harness.store(), await harness.store()];
    const record = newRecord();
    await store.tokens.put([record]);
    await Promise.all([store.close(), store.close()]);
    await store.close();
    await unused.close();
    for (const request of [
      () => store.tokens.put([record]),
      () => store.keys.get('subject', 'a'),
      () => unused.check(),
    ]) {
      const expected = { of: 'a request after close', reasons: ['unavailable'] as const };
      const ms = await elapsedMs(() => storeFailureOf(harness, expected, request));
      if (ms > PROMPT_MS) throw new Error(`A request after close failed after ${ms.toFixed(0)} ms.`);
    }
    await assertKept(other, [record], 'After another object was closed');
  }),
];

function within(bytes: Uint8Array): Uint8Array {
  const larger = new Uint8Array(bytes.length + 14).fill(0xee);
  larger.set(bytes, 7);
  return larger.subarray(7, 7 + bytes.length);
}

/** Who owns which bytes. */
export const storeBufferCases = [
  defineStoreCase('leaves what it is given unchanged, and keeps no hold on it', [], async (harness) => {
    const store = await harness.store();
    const record = newRecord();
    const given = { ...record, scope: record.scope.slice(), bytes: record.bytes.slice() };
    const records = [given];
    await store.tokens.put(records);
    assertSameBytes(given.bytes, record.bytes, 'A record after it was put');
    assertSameBytes(given.scope, record.scope, 'A scope after it was given');
    if (records.length !== 1 || records[0] !== given) throw new Error('put changes its array.');
    given.bytes.fill(0);
    await assertKept(store, [record], 'A record whose buffer was zeroed after it was put');
    const [name, key] = [record.token, newRecord().bytes];
    const offered = key.slice();
    const made = await store.keys.create('subject', name, offered);
    assertSameBytes(offered, key, 'A key after it was made');
    offered.fill(0);
    assertSameBytes(made.bytes ?? new Uint8Array(), key, 'A key whose buffer was zeroed after it was made');
  }),

  defineStoreCase('takes views into larger buffers', [], async (harness) => {
    const store = await harness.store();
    const record = newRecord();
    await store.tokens.put([{ ...record, scope: within(record.scope), bytes: within(record.bytes) }]);
    await assertKept(store, [record], 'A record that was put as a view');
    const to = newRecord().bytes;
    await store.tokens.replace(record.token, within(record.bytes), within(to));
    await assertKept(store, [{ ...record, bytes: to }], 'A record that was replaced by a view');
    const collection = await store.tokens.beginCollection();
    const listed = await store.tokens.listBefore(collection, within(record.scope), undefined, 10);
    if (listed.length !== 1) throw new Error('A scope that is a view finds nothing.');
  }),

  defineStoreCase('gives fresh buffers that the caller may overwrite', [], async (harness) => {
    const store = await harness.store();
    const records = newRecords(3);
    await store.tokens.put(records);
    const tokens = records.map(({ token }) => token);
    const [one, two] = [await store.tokens.get(tokens), await store.tokens.get(tokens)];
    const buffers = [...one.records.values(), ...two.records.values()].map(({ buffer }) => buffer);
    if (new Set(buffers).size !== buffers.length) throw new Error('Two records that were got share memory.');
    for (const bytes of one.records.values()) bytes.fill(0);
    await assertKept(store, records, 'A record after a copy was zeroed');
  }),
];

async function used(store: Store): Promise<readonly Uint8Array[]> {
  const records = newRecords(2);
  await store.tokens.put(records);
  await store.tokens.get(records.map(({ token }) => token));
  return records.map(({ bytes }) => bytes);
}

/** What a store object shows of itself. Errors are looked at in every case that has one. */
export const secrecyCases = [
  defineStoreCase('shows no secret when it is logged, before and after use', [], async (harness) => {
    const store = await harness.store();
    assertShowsNoSecret(store, 'A new store object', harness, []);
    const given = await used(store);
    assertShowsNoSecret(store, 'A store object after use', harness, given);
    assertShowsNoSecret(store.tokens, 'The tokens of a store object', harness, given);
    assertShowsNoSecret(store.keys, 'The keys of a store object', harness, given);
    assertShowsNoSecret({ in: [store] }, 'An object that holds a store', harness, given);
  }),
];
