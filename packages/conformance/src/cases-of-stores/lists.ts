import {
  allPages,
  assertKept,
  assertTokens,
  MOST_ANSWER_BYTES,
  newRecord,
  newRecords,
  tokensOf,
} from '../check/store-samples';
import { assertSameBytes } from '../check/samples';
import { defineStoreCase } from '../store-case';

const MIB = 1024 * 1024;
const RIVALS = 20;

/** What is there as a whole. */
export const listCases = [
  defineStoreCase('lists records of all scopes in the order of tokens, by pages', [], async (harness) => {
    const store = await harness.store();
    const records = [...newRecords(13, 20), ...newRecords(12, 20)];
    await store.tokens.put(records);
    const found = await allPages(
      (after) => store.tokens.list(after, 10),
      ({ token }) => token,
      10,
    );
    const own = new Map(records.map(({ token, bytes }) => [token, bytes]));
    const listed = found.filter(({ token }) => own.has(token));
    assertTokens(tokensOf(listed), [...own.keys()].sort(), 'What is listed of all scopes');
    for (const { token, bytes } of listed) {
      assertSameBytes(bytes, own.get(token) ?? new Uint8Array(), 'A record that is listed');
    }
  }),

  defineStoreCase('lists large records by pages that are bounded', [], async (harness) => {
    const store = await harness.store();
    const records = newRecords(40, MIB);
    for (const half of [records.slice(0, 20), records.slice(20)]) await store.tokens.put(half);
    // Other records may stand between them.
    const page = await store.tokens.list(undefined, 1_000);
    const bytes = page.reduce((sum, record) => sum + record.bytes.length, 0);
    if (page.length === 0) throw new Error('A page is empty, though there are records.');
    if (page.length > 1 && bytes > MOST_ANSWER_BYTES) throw new Error(`A page has ${String(bytes)} bytes.`);
    const all = await allPages(
      (after) => store.tokens.list(after, 1_000),
      ({ token }) => token,
      1_000,
    );
    const own = new Set(tokensOf(records));
    const listed = tokensOf(all).filter((token) => own.has(token));
    assertTokens(listed, [...own].sort(), 'What is listed of large records');
  }),

  defineStoreCase('counts records, their bytes, marks and collections', [], async (harness) => {
    const store = await harness.store();
    const before = await store.tokens.stats();
    const records = newRecords(5, 200);
    await store.tokens.put(records);
    const collection = await store.tokens.beginCollection();
    await store.tokens.mark(collection, { unneeded: tokensOf(records).slice(2), needed: [] });
    const after = await store.tokens.stats();
    if (after.records - before.records !== 5) throw new Error('stats does not count records.');
    if (after.bytes - before.bytes !== 1_000) throw new Error('stats does not count the bytes of records.');
    if (after.marked - before.marked !== 3) throw new Error('stats does not count marks.');
    if (after.collection !== collection) throw new Error('stats does not know the last collection.');
  }),
];

/** The same content, sealed anew. */
export const replacementCases = [
  defineStoreCase('replaces bytes that are there, and says so', [], async (harness) => {
    const store = await harness.store();
    const [record, other] = [newRecord(), newRecord()];
    const { token, bytes: from } = record;
    const to = newRecord(300).bytes;
    await store.tokens.put([record, other]);
    if (!(await store.tokens.replace(token, from, to)))
      throw new Error('replace says that bytes were not there.');
    await assertKept(store, [{ ...record, bytes: to }, other], 'After a record was replaced');
    if (!(await store.tokens.replace(token, from, to))) {
      throw new Error('A replacement that is repeated does not say what it said before.');
    }
    await store.tokens.put([record]);
    await assertKept(store, [{ ...record, bytes: to }], 'A record that was replaced, and then put again');
  }),

  defineStoreCase('replaces no other bytes, and nothing that is not there', [], async (harness) => {
    const store = await harness.store();
    const [record, unknown] = [newRecord(), newRecord()];
    await store.tokens.put([record]);
    const to = newRecord().bytes;
    if (await store.tokens.replace(record.token, newRecord().bytes, to)) {
      throw new Error('replace says that other bytes were there.');
    }
    if (await store.tokens.replace(unknown.token, unknown.bytes, to)) {
      throw new Error('replace says that a record was there that is not.');
    }
    await assertKept(store, [record], 'A record that was not to be replaced');
    if ((await store.tokens.get([unknown.token])).records.size > 0) throw new Error('replace made a record.');
  }),

  defineStoreCase('lets one of several at once replace a record', [], async (harness) => {
    const store = await harness.store();
    const record = newRecord();
    await store.tokens.put([record]);
    const rivals = newRecords(RIVALS);
    const done = await Promise.all(
      rivals.map(({ bytes }) => store.tokens.replace(record.token, record.bytes, bytes)),
    );
    const winners = rivals.filter((_, index) => done[index]);
    const [winner] = winners;
    if (winner === undefined || winners.length > 1) {
      throw new Error(`Of ${String(RIVALS)} replacements at once, ${String(winners.length)} were made.`);
    }
    await assertKept(store, [{ ...record, bytes: winner.bytes }], 'A record that several replaced');
  }),
];
