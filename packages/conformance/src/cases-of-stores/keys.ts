import { randomUUID } from 'node:crypto';
import type { KeyRecord, Store } from '@waxseal/store';
import { allPages, newRecord } from '../check/store-samples';
import { assertSameBytes } from '../check/samples';
import { defineStoreCase } from '../store-case';

const AT_ONCE = 50;
const HOUR_MS = 3_600_000;

function newBytes(): Uint8Array {
  return newRecord(80).bytes;
}

/** A fresh name with what a name may hold. */
function newName(): string {
  return `${randomUUID()}/"O'Hara" \\ % é 漢字`;
}

function assertKey(record: KeyRecord | undefined, name: string, bytes: Uint8Array, what: string): void {
  if (record?.name !== name) throw new Error(`${what} has another name, or is not there.`);
  if (record.bytes === undefined || record.removedAtMs !== undefined) throw new Error(`${what} is removed.`);
  assertSameBytes(record.bytes, bytes, what);
}

function assertRemoved(record: KeyRecord | undefined, name: string, what: string): number {
  if (record?.name !== name) throw new Error(`${what} has another name, or left none behind.`);
  if (record.bytes !== undefined) throw new Error(`${what} has its bytes still.`);
  if (record.removedAtMs === undefined) throw new Error(`${what} does not say when it was removed.`);
  return record.removedAtMs;
}

async function removedKey(store: Store): Promise<{ name: string; bytes: Uint8Array; atMs: number }> {
  const [name, bytes] = [newName(), newBytes()];
  await store.keys.create('subject', name, bytes);
  const atMs = assertRemoved(await store.keys.remove('subject', name), name, 'A key that was removed');
  return { name, bytes, atMs };
}

/** Keys by name. */
export const keyCases = [
  defineStoreCase('keeps a key under its name, and says when it was made', [], async (harness) => {
    const store = await harness.store();
    const [name, bytes] = [newName(), newBytes()];
    if ((await store.keys.get('subject', name)) !== undefined)
      throw new Error('A key is there before it is made.');
    const made = await store.keys.create('subject', name, bytes);
    assertKey(made, name, bytes, 'A key that was made');
    const found = await store.keys.get('subject', name);
    assertKey(found, name, bytes, 'A key that was got');
    if (!Number.isSafeInteger(made.createdAtMs) || Math.abs(made.createdAtMs - Date.now()) > 24 * HOUR_MS) {
      throw new Error('A key was not made today, in milliseconds since 1970.');
    }
    if (found?.createdAtMs !== made.createdAtMs) throw new Error('A key was made at two times.');
  }),

  defineStoreCase('makes a key once', [], async (harness) => {
    const store = await harness.store();
    const [name, bytes] = [newName(), newBytes()];
    const first = await store.keys.create('subject', name, bytes);
    const second = await store.keys.create('subject', name, newBytes());
    assertKey(second, name, bytes, 'A key that is made again');
    if (second.createdAtMs !== first.createdAtMs)
      throw new Error('A key that is made again has another age.');
  }),

  defineStoreCase('gives all who make a key at once the same one', [], async (harness) => {
    const stores = [await harness.store(), await harness.store()] as const;
    const name = newName();
    const offers = Array.from({ length: AT_ONCE }, newBytes);
    const made = await Promise.all(
      offers.map((bytes, index) => stores[index % 2 === 0 ? 0 : 1].keys.create('token-naming', name, bytes)),
    );
    const winner = (await stores[0].keys.get('token-naming', name))?.bytes;
    if (winner === undefined || !offers.some((offer) => Buffer.compare(offer, winner) === 0)) {
      throw new Error('None of the keys that were offered is there.');
    }
    for (const record of made) assertKey(record, name, winner, 'A key that many made at once');
  }),

  defineStoreCase('tells keys of one name apart by their kind', [], async (harness) => {
    const store = await harness.store();
    const name = newName();
    const [one, other] = [newBytes(), newBytes()];
    await store.keys.create('subject', name, one);
    if ((await store.keys.get('token-naming', name)) !== undefined) throw new Error('A key has two kinds.');
    await store.keys.create('token-naming', name, other);
    await store.keys.remove('token-naming', name);
    assertKey(await store.keys.get('subject', name), name, one, 'A key beside one of another kind');
  }),

  defineStoreCase('leaves the name of a removed key behind, without its bytes', [], async (harness) => {
    const store = await harness.store();
    const { name, atMs } = await removedKey(store);
    const again = await store.keys.remove('subject', name);
    const found = await store.keys.get('subject', name);
    for (const [record, what] of [
      [again, 'A key that was removed twice'],
      [found, 'A removed key that was got'],
    ] as const) {
      if (assertRemoved(record, name, what) !== atMs) throw new Error(`${what} was removed at another time.`);
    }
    const listed = await store.keys.list('subject', undefined, 100_000);
    assertRemoved(
      listed.find((record) => record.name === name),
      name,
      'A removed key that is listed',
    );
  }),

  defineStoreCase('does not make or replace a key that was removed', [], async (harness) => {
    const store = await harness.store();
    const { name, bytes } = await removedKey(store);
    assertRemoved(await store.keys.create('subject', name, newBytes()), name, 'A removed key, made again');
    if (await store.keys.replace('subject', name, bytes, newBytes()))
      throw new Error('A removed key was replaced.');
    assertRemoved(await store.keys.get('subject', name), name, 'A removed key, made and replaced');
  }),

  defineStoreCase('knows nothing of keys that never were', [], async (harness) => {
    const store = await harness.store();
    const name = newName();
    if ((await store.keys.remove('subject', name)) !== undefined)
      throw new Error('A key was removed that never was.');
    if (await store.keys.replace('subject', name, newBytes(), newBytes())) {
      throw new Error('A key was replaced that never was.');
    }
    if ((await store.keys.get('subject', name)) !== undefined)
      throw new Error('A key is there that never was made.');
  }),

  defineStoreCase(
    'replaces a key whose bytes are known, and lets one of several win',
    [],
    async (harness) => {
      const store = await harness.store();
      const [name, from] = [newName(), newBytes()];
      await store.keys.create('subject', name, from);
      if (await store.keys.replace('subject', name, newBytes(), newBytes())) {
        throw new Error('A key was replaced whose bytes are others.');
      }
      const offers = Array.from({ length: 20 }, newBytes);
      const done = await Promise.all(offers.map((to) => store.keys.replace('subject', name, from, to)));
      const winners = offers.filter((_, index) => done[index]);
      const [winner] = winners;
      if (winner === undefined || winners.length > 1) {
        throw new Error(`Of 20 replacements at once, ${String(winners.length)} were made.`);
      }
      assertKey(await store.keys.get('subject', name), name, winner, 'A key that several replaced');
      if (!(await store.keys.replace('subject', name, from, winner))) {
        throw new Error('A replacement that is repeated does not say what it said before.');
      }
    },
  ),

  defineStoreCase('lists keys of one kind in one order, by pages', [], async (harness) => {
    const store = await harness.store();
    const prefix = randomUUID();
    const names = ['Z', 'a', 'B', '-', 'é', '10', '9', '_', 'ä', '漢'].map((text) => `${prefix}${text}`);
    for (const name of names) await store.keys.create('subject', name, newBytes());
    await store.keys.create('token-naming', `${prefix}other`, newBytes());
    const found = await allPages(
      (after) => store.keys.list('subject', after, 3),
      ({ name }) => name,
      3,
    );
    const listed = found.map(({ name }) => name).filter((name) => name.startsWith(prefix));
    const expected = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    if (JSON.stringify(listed) !== JSON.stringify(expected)) {
      throw new Error('Keys are not listed once each, in the order of the bytes of their names.');
    }
  }),
];
