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
  for (let after: string | undefined; ;) {
    const page = await store.tokens.list(after, PAGE);
    for (const { token, bytes } of page) total.add(usageOfRecord(token, bytes));
    onRead((read += page.length));
    after = page.at(-1)?.token;
    if (after === undefined) break;
  }
  for (const kind of ['token-naming', 'subject'] as const) {
    for (let after: string | undefined; ;) {
      const page = await store.keys.list(kind, after, PAGE);
      for (const { name, bytes } of page) if (bytes !== undefined) total.add(usageOfRecord(name, bytes));
      onRead((read += page.length));
      after = page.at(-1)?.name;
      if (after === undefined) break;
    }
  }
  return total;
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
