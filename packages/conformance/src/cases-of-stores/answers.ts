import {
  assertKept,
  getAll,
  MOST_ANSWER_BYTES,
  newRecord,
  newRecords,
  sorted,
  tokensOf,
} from '../check/store-samples';
import { defineStoreCase } from '../store-case';

const MIB = 1024 * 1024;

/** What `get` gives. */
export const answerCases = [
  defineStoreCase('gives no record for a token that it does not have', [], async (harness) => {
    const store = await harness.store();
    const [known, unknown] = [newRecord(), newRecord()];
    await store.tokens.put([known]);
    for (const tokens of [[unknown.token], tokensOf([unknown, newRecord()])]) {
      const { records, left } = await store.tokens.get(tokens);
      if (records.size > 0 || left.length > 0) throw new Error('get gives a record for an unknown token.');
    }
    const found = await getAll(store, tokensOf([unknown, known, newRecord()]));
    if (found.size !== 1 || !found.has(known.token)) {
      throw new Error('get does not give exactly the records that are there.');
    }
  }),

  defineStoreCase('gives each record once for tokens that are named twice', [], async (harness) => {
    const store = await harness.store();
    const records = newRecords(3);
    await store.tokens.put(records);
    const { records: found, left } = await store.tokens.get([...tokensOf(records), ...tokensOf(records)]);
    if (found.size !== 3 || left.length > 0) throw new Error('get does not give each record once.');
    for (const token of found.keys()) {
      if (!tokensOf(records).includes(token)) throw new Error('get does not name tokens as they were given.');
    }
  }),

  defineStoreCase('gives a bounded answer, and names what is left', [], async (harness) => {
    const store = await harness.store();
    const records = newRecords(40, MIB);
    for (const half of [records.slice(0, 20), records.slice(20)]) await store.tokens.put(half);
    const { records: found, left } = await store.tokens.get(tokensOf(records));
    const bytes = [...found.values()].reduce((sum, record) => sum + record.length, 0);
    if (found.size === 0) throw new Error('An answer has no record, though it has room for one.');
    if (bytes > MOST_ANSWER_BYTES) throw new Error(`An answer has ${String(bytes)} bytes.`);
    if (found.size + left.length !== records.length) {
      throw new Error('get gives some records neither as found nor as left.');
    }
    await assertKept(store, records, 'What was got in parts');
  }),

  defineStoreCase('gives a record that is larger than an answer', [], async (harness) => {
    const store = await harness.store({ attemptMs: 20_000, totalMs: 40_000 });
    const large = newRecord(17 * MIB);
    const records = sorted([large, ...newRecords(4)]);
    await store.tokens.put(records);
    await assertKept(store, records, 'A record that is larger than an answer, among others');
    await assertKept(store, [large], 'A record that is larger than an answer, alone');
  }),

  defineStoreCase('answers for more tokens than one statement may name', [], async (harness) => {
    const store = await harness.store();
    const records = newRecords(3);
    await store.tokens.put(records);
    const unknown = tokensOf(newRecords(12_000, 1));
    const tokens = [...unknown, ...tokensOf(records)];
    const found = await getAll(store, tokens);
    if (found.size !== 3)
      throw new Error(`Of 3 records among 12,003 tokens, get gives ${String(found.size)}.`);
  }),
];
