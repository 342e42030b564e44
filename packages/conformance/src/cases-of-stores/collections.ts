import type { CollectableToken, Store, TokenRecord } from '@waxseal/store';
import { allPages, assertTokens, newRecord, newRecords, newScope, tokensOf } from '../check/store-samples';
import { defineStoreCase } from '../store-case';

const AT_ONCE = 10;
const PAGE = 1_000;

/** What is listed of a scope. */
async function listed(store: Store, collection: number, scope: Uint8Array): Promise<CollectableToken[]> {
  return allPages(
    (after) => store.tokens.listBefore(collection, scope, after, PAGE),
    ({ token }) => token,
    PAGE,
  );
}

/** The collection that marked a record; `undefined` where none did. */
export async function markOf(store: Store, scope: Uint8Array, token: string): Promise<number | undefined> {
  const collection = await store.tokens.beginCollection();
  const found = (await listed(store, collection, scope)).find((item) => item.token === token);
  if (found === undefined) throw new Error('A record that was put before a collection is not listed by it.');
  return found.markedBy;
}

/** What a collection finds. */
export const collectionCases = [
  defineStoreCase('gives each collection a greater number, also of several at once', [], async (harness) => {
    const store = await harness.store();
    const first = await store.tokens.beginCollection();
    const numbers = await Promise.all(Array.from({ length: AT_ONCE }, () => store.tokens.beginCollection()));
    const last = await store.tokens.beginCollection();
    const told = await store.tokens.lastCollection();
    if (told !== last)
      throw new Error(`The last collection is ${String(last)}, and it says ${String(told)}.`);
    if (!Number.isSafeInteger(first) || first < 1) throw new Error('The number of a collection is none.');
    if (new Set(numbers).size !== AT_ONCE) throw new Error('Two collections have one number.');
    if (numbers.some((number) => number <= first || number >= last)) {
      throw new Error('A collection has no greater number than one before.');
    }
  }),

  defineStoreCase('lists what was put before a collection, and nothing put since', [], async (harness) => {
    const store = await harness.store();
    const scope = newScope();
    const before = newRecords(3, 70, scope);
    await store.tokens.put(before);
    const collection = await store.tokens.beginCollection();
    await store.tokens.put(newRecords(3, 70, scope));
    const found = await listed(store, collection, scope);
    assertTokens(tokensOf(found), tokensOf(before), 'What is listed');
    if (found.some(({ sizeBytes, markedBy }) => sizeBytes !== 70 || markedBy !== undefined)) {
      throw new Error('A record is listed with another size, or with a mark that it has not.');
    }
  }),

  defineStoreCase('begins the age of a record anew when it is put again', [], async (harness) => {
    const store = await harness.store();
    const scope = newScope();
    const records = newRecords(3, 70, scope);
    await store.tokens.put(records);
    const collection = await store.tokens.beginCollection();
    await store.tokens.put(records.slice(1));
    const found = await listed(store, collection, scope);
    assertTokens(tokensOf(found), tokensOf(records.slice(0, 1)), 'What was not put again');
  }),

  defineStoreCase('lists one scope in the order of tokens, by pages', [], async (harness) => {
    const store = await harness.store();
    const [scope, other] = [newScope(), newScope()];
    const records = newRecords(25, 20, scope);
    await store.tokens.put([...records, ...newRecords(10, 20, other)].reverse());
    const collection = await store.tokens.beginCollection();
    const found = await allPages(
      (after) => store.tokens.listBefore(collection, scope, after, 10),
      ({ token }) => token,
      10,
    );
    assertTokens(tokensOf(found), tokensOf(records), 'What is listed by pages of 10');
  }),

  defineStoreCase(
    'marks what is not needed, and keeps the mark of the first collection',
    [],
    async (harness) => {
      const store = await harness.store();
      const record = newRecord();
      const { token, scope } = record;
      await store.tokens.put([record]);
      const first = await store.tokens.beginCollection();
      await store.tokens.mark(first, { unneeded: [token], needed: [] });
      if ((await markOf(store, scope, token)) !== first) throw new Error('A mark is not there.');
      const second = await store.tokens.beginCollection();
      await store.tokens.mark(second, { unneeded: [token], needed: [] });
      if ((await markOf(store, scope, token)) !== first)
        throw new Error('A mark was replaced by a later one.');
      await store.tokens.mark(second, { unneeded: [], needed: [token] });
      if ((await markOf(store, scope, token)) !== undefined)
        throw new Error('A needed record keeps its mark.');
    },
  ),

  defineStoreCase('marks nothing that was put since the collection began', [], async (harness) => {
    const store = await harness.store();
    const [old, again, late] = [newRecord(), newRecord(), newRecord()];
    await store.tokens.put([old, again]);
    const collection = await store.tokens.beginCollection();
    await store.tokens.put([again, late]);
    await store.tokens.mark(collection, { unneeded: tokensOf([old, again, late]), needed: [] });
    for (const [record, expected] of [
      [old, collection],
      [again, undefined],
      [late, undefined],
    ] as const) {
      if ((await markOf(store, record.scope, record.token)) !== expected) {
        throw new Error('A record that was put since a collection began has its mark, or another has not.');
      }
    }
  }),

  defineStoreCase('takes a mark off when the record is put or got', [], async (harness) => {
    const store = await harness.store();
    for (const touch of [
      (record: TokenRecord) => store.tokens.put([record]),
      (record: TokenRecord) => store.tokens.get([record.token]),
      (record: TokenRecord) => store.tokens.get([newRecord().token, record.token]),
    ]) {
      const record = newRecord();
      await store.tokens.put([record]);
      const collection = await store.tokens.beginCollection();
      await store.tokens.mark(collection, { unneeded: [record.token], needed: [] });
      await touch(record);
      if ((await markOf(store, record.scope, record.token)) !== undefined) {
        throw new Error('A record that was put or got keeps its mark.');
      }
    }
  }),

  defineStoreCase('takes marks and removals of nothing, and of what is not there', [], async (harness) => {
    const store = await harness.store();
    const collection = await store.tokens.beginCollection();
    const unknown = tokensOf(newRecords(2));
    await store.tokens.mark(collection, { unneeded: [], needed: [] });
    await store.tokens.mark(collection, { unneeded: unknown, needed: unknown });
    for (const tokens of [[], unknown]) {
      const removed = await store.tokens.removeMarked(collection, tokens);
      if (removed.length > 0) throw new Error('What is not there was removed.');
    }
  }),
];
