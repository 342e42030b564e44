import type { Store, TokenRecord } from '@waxseal/store';
import {
  assertGone,
  assertKept,
  assertTokens,
  newRecord,
  newRecords,
  newScope,
  tokensOf,
} from '../check/store-samples';
import { defineStoreCase } from '../store-case';
import { markOf } from './collections';

const ROUNDS = 30;
const PAGE = 1_000;

/** A record that one collection has marked, and the collection after it. */
interface Marked {
  readonly record: TokenRecord;
  readonly next: number;
}

async function marked(store: Store): Promise<Marked> {
  const record = newRecord();
  await store.tokens.put([record]);
  const collection = await store.tokens.beginCollection();
  await store.tokens.mark(collection, { unneeded: [record.token], needed: [] });
  return { record, next: await store.tokens.beginCollection() };
}

/** What a collection may remove. */
export const removalCases = [
  defineStoreCase('removes what an earlier collection has marked, and names it', [], async (harness) => {
    const store = await harness.store();
    const { record, next } = await marked(store);
    const other = newRecord();
    await store.tokens.put([other]);
    const removed = await store.tokens.removeMarked(next, tokensOf([record, other, newRecord()]));
    assertTokens(removed, [record.token], 'What was removed');
    await assertGone(store, [record.token], 'A record that was removed');
    await assertKept(store, [other], 'A record that was not marked');
    assertTokens(await store.tokens.removeMarked(next, [record.token]), [], 'What is removed again');
  }),

  defineStoreCase('removes nothing in the collection that marks it', [], async (harness) => {
    const store = await harness.store();
    const record = newRecord();
    await store.tokens.put([record]);
    const collection = await store.tokens.beginCollection();
    await store.tokens.mark(collection, { unneeded: [record.token], needed: [] });
    assertTokens(await store.tokens.removeMarked(collection, [record.token]), [], 'What was removed');
    await assertKept(store, [record], 'A record, marked by the same collection');
  }),

  defineStoreCase('removes nothing that was put, got or needed since it was marked', [], async (harness) => {
    const store = await harness.store();
    for (const touch of [
      ({ record }: Marked) => store.tokens.put([record]),
      ({ record }: Marked) => store.tokens.get([record.token]),
      ({ record, next }: Marked) => store.tokens.mark(next, { unneeded: [], needed: [record.token] }),
    ]) {
      const found = await marked(store);
      await touch(found);
      const { record, next } = found;
      assertTokens(await store.tokens.removeMarked(next, [record.token]), [], 'What was removed');
      await assertKept(store, [record], 'A record that was needed since it was marked');
    }
  }),

  defineStoreCase('keeps what is put while it is removed', [], async (harness) => {
    const [one, other] = [await harness.store(), await harness.store()];
    for (let round = 0; round < ROUNDS; round++) {
      const { record, next } = await marked(one);
      await Promise.all([
        other.tokens.removeMarked(next, [record.token]),
        one.tokens.put([newRecord(), record]),
        one.tokens.put([record]),
      ]);
      await assertKept(other, [record], 'A record that was put while it was removed');
    }
  }),

  defineStoreCase('keeps what is in use while collections begin, mark and remove', [], async (harness) => {
    const store = await harness.store();
    const scope = newScope();
    const inUse = new Set<string>();
    const puts = new Set<Promise<void>>();
    const writers = { left: 4 };
    const write = async (): Promise<void> => {
      try {
        const records = newRecords(3, 20, scope);
        for (let round = 0; round < ROUNDS; round++) {
          const put = store.tokens.put(records).then(() => {
            for (const { token } of records) inUse.add(token);
          });
          puts.add(put);
          await put.finally(() => puts.delete(put));
          await assertKept(store, records, 'What is in use while collections remove');
          for (const { token } of records) inUse.delete(token);
        }
      } finally {
        writers.left -= 1;
      }
    };
    const collect = async (): Promise<void> => {
      while (writers.left > 0) {
        const collection = await store.tokens.beginCollection();
        await Promise.allSettled(puts);
        const tokens = tokensOf(await store.tokens.listBefore(collection, scope, undefined, PAGE));
        const unneeded = tokens.filter((token) => !inUse.has(token));
        await store.tokens.removeMarked(collection, unneeded);
        await store.tokens.mark(collection, { unneeded, needed: [...inUse] });
      }
    };
    await Promise.all([...Array.from({ length: writers.left }, write), collect()]);
  }),

  defineStoreCase('takes a record again that was removed', [], async (harness) => {
    const store = await harness.store();
    const { record, next } = await marked(store);
    await store.tokens.removeMarked(next, [record.token]);
    await store.tokens.put([record]);
    await assertKept(store, [record], 'A record that was put again after it was removed');
    if ((await markOf(store, record.scope, record.token)) !== undefined) {
      throw new Error('A record that was put anew has the mark of the old one.');
    }
  }),
];
