import type { DatabasePage } from './database-pages';
import { searchBytes } from './search-bytes';
import type { Hit } from './search-bytes';

const pointerBytes = 4;
/** A form of a needle takes at most this many bytes for each byte of its UTF-8. */
const longestForm = 6;

/**
 * Searches the seams of an SQLite database for texts: a value that does not fit into its page goes on in
 * overflow pages, each of which starts with the number of the next one, so that a text may be cut by four
 * bytes that are not its own. Wherever four bytes could be such a page number, what stands before them (or,
 * in an overflow page, the page's end) is joined to the content of that page.
 *
 * Source: "Database File Format" on sqlite.org, section 1.7.
 *
 * @param pages - all versions of all pages
 * @param needles - texts of at least four characters
 * @returns the places that lie across a seam, with the offset 0: no single one tells where a cut text lies
 */
export function searchOverflowSeams(pages: readonly DatabasePage[], needles: readonly string[]): Hit[] {
  const reach = longestForm * Math.max(0, ...needles.map((needle) => Buffer.byteLength(needle)));
  const versions = new Map<number, DatabasePage[]>();
  for (const page of pages) {
    versions.set(page.number, [...(versions.get(page.number) ?? []), page]);
  }
  const seams = pages.flatMap(({ bytes }) => [...seamsOf(bytes, versions, reach)]);
  const hits = searchBytes(Buffer.concat(seams), needles);
  return hits
    .filter(({ offset, length }) => offset % (2 * reach) < reach && (offset % (2 * reach)) + length > reach)
    .map((hit) => ({ ...hit, offset: 0 }));
}

/** Yields buffers of `2 * reach` bytes, the seam in the middle, filled up with zeros at both ends. */
function* seamsOf(
  page: Buffer,
  versions: ReadonlyMap<number, readonly DatabasePage[]>,
  reach: number,
): Generator<Buffer> {
  for (let at = 0; at + pointerBytes <= page.length; at++) {
    const next = page.readUInt32BE(at);
    for (const { bytes } of versions.get(next) ?? []) {
      const end = at === 0 ? page.length : at;
      const tail = page.subarray(Math.max(0, end - reach), end);
      const seam = Buffer.alloc(2 * reach);
      tail.copy(seam, reach - tail.length);
      bytes.copy(seam, reach, pointerBytes, pointerBytes + reach);
      yield seam;
    }
  }
}
