import { parsePayload } from '@waxseal/core/internal';
import type { Store } from '@waxseal/store';
import { countedAs, ENCRYPTED, identify } from './payload-format';
import { Usage } from './usage';

const PAGE = 500;

/**
 * Counts the keys that the records of a store are under: those of tokens, the keys that name them, of all
 * namespaces, and the keys of subjects. Needs no key. Takes time in proportion to the bytes that are there.
 *
 * @throws StoreError as the store does
 */
export async function scanStore(store: Store, onRead: (records: number) => void): Promise<Usage> {
  const total = new Usage();
  let read = 0;
  for await (const page of pagesOf(
    (after) => store.tokens.list(after, PAGE),
    ({ token }) => token,
  )) {
    for (const { token, bytes } of page) total.add(usageOfRecord(token, bytes));
    onRead((read += page.length));
  }
  for (const kind of ['token-naming', 'subject'] as const) {
    for await (const page of pagesOf(
      (after) => store.keys.list(kind, after, PAGE),
      ({ name }) => name,
    )) {
      for (const { name, bytes } of page) if (bytes !== undefined) total.add(usageOfRecord(name, bytes));
      onRead((read += page.length));
    }
  }
  return total;
}

/**
 * The pages of a listing, to the empty one that ends it.
 *
 * @param list asks for the page after a record
 * @param idOf what a record is listed by
 */
export async function* pagesOf<T>(
  list: (after: string | undefined) => Promise<readonly T[]>,
  idOf: (record: T) => string,
): AsyncGenerator<readonly T[]> {
  for (let last: T | undefined; ;) {
    const page = await list(last === undefined ? undefined : idOf(last));
    yield page;
    last = page.at(-1);
    if (last === undefined) return;
  }
}

function usageOfRecord(id: string, bytes: Uint8Array): Usage {
  const usage = new Usage();
  const { format, names } = identified(bytes);
  usage.count(format, names.map(countedAs), 'input', undefined, ENCRYPTED.has(format));
  usage.heldBy({ kind: 'store records', id });
  return usage;
}

function identified(bytes: Uint8Array): ReturnType<typeof identify> {
  try {
    return identify(parsePayload(bytes));
  } catch {
    return { format: 'malformed', names: ['(no payload)'] };
  }
}
