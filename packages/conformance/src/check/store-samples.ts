import { randomBytes, randomUUID } from 'node:crypto';
import type { Store, TokenRecord } from '@waxseal/store';
import { assertSameBytes } from './samples';

/** Most bytes of one record: `MAX_RECORD_BYTES` of `@waxseal/store`, of which only types are used here. */
export const MAX_RECORD_BYTES = 64 * 1024 * 1024;

/** Bytes of one answer that are allowed, where it has more than one record: some more than 16 MiB. */
export const MOST_ANSWER_BYTES = 20 * 1024 * 1024;

/** A scope that no other record has. */
export function newScope(): Uint8Array {
  return new Uint8Array(randomBytes(16));
}

/** A record under a fresh token, with random bytes. */
export function newRecord(sizeBytes = 100, scope = newScope()): TokenRecord {
  return { token: randomUUID(), scope, bytes: new Uint8Array(randomBytes(sizeBytes)) };
}

/** Records of one scope, in the order of their tokens. */
export function newRecords(count: number, sizeBytes = 100, scope = newScope()): TokenRecord[] {
  return sorted(Array.from({ length: count }, () => newRecord(sizeBytes, scope)));
}

/** Items with tokens, in the order of those. */
export function sorted<T extends { readonly token: string }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => (a.token < b.token ? -1 : 1));
}

/** The tokens of records. */
export function tokensOf(records: readonly { readonly token: string }[]): string[] {
  return records.map(({ token }) => token);
}

/** @throws Error when the tokens differ, or stand in another order */
export function assertTokens(actual: Iterable<string>, expected: Iterable<string>, what: string): void {
  const [are, should] = [[...actual], [...expected]];
  if (are.length === should.length && are.every((token, index) => token === should[index])) return;
  const missing = should.filter((token) => !are.includes(token)).length;
  const surplus = are.filter((token) => !should.includes(token)).length;
  throw new Error(
    `${what}: of ${String(should.length)} tokens ${String(missing)} are missing, ${String(surplus)} too many, or the order is another.`,
  );
}

/**
 * Gets records, and asks again for what is left.
 *
 * @throws Error when an answer is not allowed: without end, or with what was not asked for
 */
export async function getAll(store: Store, tokens: readonly string[]): Promise<Map<string, Uint8Array>> {
  const all = new Map<string, Uint8Array>();
  let left = [...new Set(tokens)];
  while (left.length > 0) {
    const found = await store.tokens.get(left);
    const asked = new Set(left);
    for (const [token, bytes] of found.records) {
      if (!asked.has(token)) throw new Error('get gives a record that was not asked for.');
      all.set(token, bytes);
    }
    if (found.left.some((token) => !asked.has(token) || found.records.has(token))) {
      throw new Error('get names tokens as left that were not asked for, or whose records it gives.');
    }
    if (found.left.length >= left.length) {
      throw new Error('get names as many tokens as left as it was asked for: a caller would ask for ever.');
    }
    left = [...found.left];
  }
  return all;
}

/** @throws Error when one of the records is not there, or has other bytes */
export async function assertKept(store: Store, records: readonly TokenRecord[], what: string): Promise<void> {
  const found = await getAll(store, tokensOf(records));
  for (const { token, bytes } of records) {
    const kept = found.get(token);
    if (kept === undefined) throw new Error(`${what}: a record is not there.`);
    assertSameBytes(kept, bytes, `${what}: a record`);
  }
}

/** @throws Error when one of the records is there */
export async function assertGone(store: Store, tokens: readonly string[], what: string): Promise<void> {
  const found = await getAll(store, tokens);
  if (found.size > 0) throw new Error(`${what}: ${String(found.size)} records are there.`);
}

/** All that a listing by pages gives. */
export async function allPages<T>(
  page: (after: string | undefined) => Promise<readonly T[]>,
  nameOf: (item: T) => string,
  limit: number,
): Promise<T[]> {
  const all: T[] = [];
  for (let after: string | undefined; ;) {
    const items = await page(after);
    if (items.length > limit) {
      throw new Error(`A page of ${String(limit)} at most has ${String(items.length)}.`);
    }
    all.push(...items);
    const last = items.at(-1);
    if (last === undefined) return all;
    if (after !== undefined && nameOf(last) <= after)
      throw new Error('A page does not come after the last one.');
    after = nameOf(last);
  }
}
