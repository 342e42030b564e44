import {
  assertKept,
  MAX_RECORD_BYTES,
  newRecord,
  newRecords,
  newScope,
  tokensOf,
} from '../check/store-samples';
import { configurationErrorOf } from '../check/store-failure';
import { defineStoreCase } from '../store-case';

const ROUNDS = 20;
const WRITERS = 50;

/** What is put is there, once. */
export const putCases = [
  defineStoreCase('keeps records of one byte and of many, with every kind of byte', [], async (harness) => {
    const store = await harness.store();
    const every = { ...newRecord(), bytes: Uint8Array.from({ length: 256 }, (_, index) => index) };
    const records = [newRecord(1), every, newRecord(10_000), newRecord(1_000_000)];
    await store.tokens.put(records);
    await assertKept(store, records, 'What was put');
  }),

  defineStoreCase('takes arrays that are empty', [], async (harness) => {
    const store = await harness.store();
    await store.tokens.put([]);
    const { records, left } = await store.tokens.get([]);
    if (records.size > 0 || left.length > 0) throw new Error('get gives something that was not asked for.');
  }),

  defineStoreCase('takes an array that one statement may not hold', [], async (harness) => {
    const store = await harness.store();
    const records = [...newRecords(1_201, 20), ...newRecords(18, 1_000_000)];
    await store.tokens.put(records);
    await assertKept(store, records, 'A large array');
  }),

  defineStoreCase('takes a record that is put again', [], async (harness) => {
    const store = await harness.store();
    const records = newRecords(3);
    await store.tokens.put(records);
    await store.tokens.put(records);
    await store.tokens.put([...records, newRecord()]);
    await assertKept(store, records, 'What was put three times');
  }),

  defineStoreCase(
    'keeps the record that is there when others are put under its token',
    [],
    async (harness) => {
      const store = await harness.store();
      const record = newRecord();
      await store.tokens.put([record]);
      await store.tokens.put([newRecord(), { ...newRecord(), token: record.token }]);
      await assertKept(store, [record], 'A record, after another one was put under its token');
    },
  ),

  defineStoreCase('keeps the first of several records of one token in an array', [], async (harness) => {
    const store = await harness.store();
    const [first, other] = [newRecord(), newRecord()];
    await store.tokens.put([first, other, { ...newRecord(), token: first.token }]);
    await assertKept(store, [first, other], 'An array that names a token three times');
  }),

  defineStoreCase('takes overlapping arrays of writers at once, in any order', [], async (harness) => {
    const stores = [await harness.store(), await harness.store()] as const;
    for (let round = 0; round < ROUNDS; round++) {
      const records = newRecords(30);
      const reversed = [...records].reverse();
      await Promise.all([
        stores[0].tokens.put(records),
        stores[1].tokens.put(reversed),
        stores[0].tokens.put(reversed.slice(10)),
        stores[1].tokens.put(records.slice(10)),
      ]);
      await assertKept(stores[0], records, 'Arrays of writers at once');
    }
  }),

  defineStoreCase('keeps one record when many are put under one token at once', [], async (harness) => {
    const store = await harness.store();
    const { token, scope } = newRecord();
    const rivals = Array.from({ length: WRITERS }, () => ({ ...newRecord(50, scope), token }));
    await Promise.all(rivals.map((rival) => store.tokens.put([rival])));
    const first = (await store.tokens.get([token])).records.get(token);
    const winner = rivals.find(({ bytes }) => first !== undefined && Buffer.compare(bytes, first) === 0);
    if (winner === undefined) throw new Error('None of the records that were put under a token is there.');
    await Promise.all(rivals.map((rival) => store.tokens.put([rival])));
    await assertKept(store, [winner], 'The record that came first');
  }),

  defineStoreCase(
    'shows what was put to other store objects at once',
    ['separateStores'],
    async (harness) => {
      const [one, other] = [await harness.store(), await harness.store()];
      for (let round = 0; round < ROUNDS; round++) {
        const record = newRecord();
        await one.tokens.put([record]);
        await assertKept(other, [record], 'What another object put');
      }
    },
  ),

  defineStoreCase('keeps a record of the largest size', ['largestRecords'], async (harness) => {
    const store = await harness.store({ attemptMs: 50_000, totalMs: 60_000 });
    const record = newRecord(MAX_RECORD_BYTES);
    const small = newRecord();
    await store.tokens.put([small, record]);
    await assertKept(store, [small, record], 'A record of the largest size');
  }),

  defineStoreCase('refuses a record that is too large, and keeps none of its array', [], async (harness) => {
    const store = await harness.store();
    const records = [newRecord(), { ...newRecord(), bytes: new Uint8Array(MAX_RECORD_BYTES + 1) }];
    await configurationErrorOf(harness, 'a put of a record that is too large', () =>
      store.tokens.put(records),
    );
    const { records: found } = await store.tokens.get(tokensOf(records));
    if (found.size > 0) throw new Error('Of an array that was refused, a record was kept.');
  }),

  defineStoreCase('takes requests of callers that are named', [], async (harness) => {
    const store = await harness.store();
    const scope = newScope();
    const callers = Array.from({ length: 30 }, (_, index) => ({
      tenant: `tenant-${String(index % 3)}`,
      caller: `caller-${String(index)}`,
    }));
    const records = newRecords(callers.length, 100, scope);
    await Promise.all(records.map((record, index) => store.tokens.put([record], { caller: callers[index] })));
    await assertKept(store, records, 'What many callers put');
  }),
];
