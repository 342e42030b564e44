import { readFile } from 'node:fs/promises';

/** One place in a database's files where a needle was found. */
export interface DatabaseHit extends Hit {
  /** The file: the database itself, or its `-wal`, `-journal` or `-shm` file. */
  readonly file: string;
}

/** Read before the main file: what moves from them into it in the meantime is then seen twice, not never. */
const sideFiles = ['-wal', '-journal', '-shm'];

/**
 * Searches all bytes of an SQLite database for texts: the main file, the write-ahead log or rollback journal,
 * and the places where a long value runs on from one page to another. The database may be open elsewhere; it
 * is only read.
 *
 * Free pages are searched too, so a text that was stored once and then deleted is still found while its bytes
 * are there.
 *
 * @param path - of the main file
 * @param needles - texts of at least four characters
 * @returns all places; empty when nothing was found
 * @throws Error when the main file cannot be read, or is not an SQLite database
 */
export async function searchDatabaseFile(path: string, needles: readonly string[]): Promise<DatabaseHit[]> {
  const contents: { readonly file: string; readonly bytes: Buffer }[] = [];
  for (const file of [...sideFiles.map((suffix) => path + suffix), path]) {
    const bytes = await readIfThere(file);
    if (bytes !== undefined) {
      contents.push({ file, bytes });
    }
  }
  const main = contents.find(({ file }) => file === path)?.bytes;
  if (main === undefined) {
    throw new Error(`There is no database at ${path}.`);
  }
  const hits = contents.flatMap(({ file, bytes }) =>
    searchBytes(bytes, needles).map((hit) => ({ ...hit, file })),
  );
  const log = contents.find(({ file }) => file.endsWith('-wal'))?.bytes;
  const pages = databasePages(main, log);
  return [...hits, ...searchOverflowSeams(pages, needles).map((hit) => ({ ...hit, file: path }))];
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

/** One version of a page of an SQLite database. */
interface DatabasePage {
  /** Counted from 1. */
  readonly number: number;
  /** The page's usable bytes: a view into the file's bytes. */
  readonly bytes: Buffer;
}

const magic = 'SQLite format 3\0';
const logHeaderBytes = 32;
const frameHeaderBytes = 24;

/**
 * Lists all versions of all pages: those in the database file, then those in its write-ahead log.
 *
 * Source: "Database File Format" on sqlite.org, sections 1.3 and 4.1.
 *
 * @param main - the bytes of the database file; may be empty
 * @param log - the bytes of its `-wal` file, if there is one
 * @throws Error when `main` is not an SQLite database
 */
function databasePages(main: Buffer, log: Buffer | undefined): DatabasePage[] {
  if (main.length === 0) {
    return [];
  }
  if (main.length < 100 || main.toString('latin1', 0, magic.length) !== magic) {
    throw new Error('The file is not an SQLite database.');
  }
  const stated = main.readUInt16BE(16);
  const pageBytes = stated === 1 ? 65_536 : stated;
  const usableBytes = pageBytes - main.readUInt8(20);
  const pages: DatabasePage[] = [];
  for (let start = 0; start + pageBytes <= main.length; start += pageBytes) {
    pages.push({ number: start / pageBytes + 1, bytes: main.subarray(start, start + usableBytes) });
  }
  const frameBytes = frameHeaderBytes + pageBytes;
  for (
    let start = logHeaderBytes;
    log !== undefined && start + frameBytes <= log.length;
    start += frameBytes
  ) {
    const page = start + frameHeaderBytes;
    pages.push({ number: log.readUInt32BE(start), bytes: log.subarray(page, page + usableBytes) });
  }
  return pages;
}

/** A way in which a text may be written down. */
export type NeedleForm =
  'utf-8' | 'utf-16le' | 'utf-16be' | 'base64' | 'base64url' | 'hex' | 'json' | 'json-ascii' | 'url' | 'form';

/** One form of a needle, as the bytes to search for. */
export interface NeedleBytes {
  readonly form: NeedleForm;
  readonly bytes: Buffer;
}

/**
 * Writes a text down in all the forms in which it may lie in a file: UTF-8, UTF-16, base64 and base64url at
 * each of the three alignments that it can have within a longer text, hexadecimal, and escaped as in JSON and
 * in URLs. Forms that come to the same bytes are given once.
 *
 * @param needle - a text of at least four characters, so that chance does not match it
 * @throws RangeError when the needle is too short
 */
export function needleForms(needle: string): NeedleBytes[] {
  if (needle.length < 4) {
    throw new RangeError('A needle has at least 4 characters; a shorter one is found by chance.');
  }
  const utf8 = Buffer.from(needle, 'utf8');
  const utf16 = Buffer.from(needle, 'utf16le');
  const jsonText = JSON.stringify(needle).slice(1, -1);
  const jsonAscii = jsonText.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const url = encodeURIComponent(needle);
  const base64 = [0, 1, 2].map((alignment) => base64At(utf8, alignment));
  const forms: NeedleBytes[] = [
    { form: 'utf-8', bytes: utf8 },
    { form: 'utf-16le', bytes: utf16 },
    { form: 'utf-16be', bytes: Buffer.from(utf16).swap16() },
    ...base64.map((text): NeedleBytes => ({ form: 'base64', bytes: Buffer.from(text) })),
    ...base64.map((text): NeedleBytes => ({
      form: 'base64url',
      bytes: Buffer.from(text.replaceAll('+', '-').replaceAll('/', '_')),
    })),
    { form: 'hex', bytes: Buffer.from(utf8.toString('hex')) },
    { form: 'hex', bytes: Buffer.from(utf8.toString('hex').toUpperCase()) },
    { form: 'json', bytes: Buffer.from(jsonText) },
    { form: 'json-ascii', bytes: Buffer.from(jsonAscii) },
    { form: 'url', bytes: Buffer.from(url) },
    { form: 'form', bytes: Buffer.from(url.replaceAll('%20', '+')) },
  ];
  return forms.filter(({ bytes }, index) => forms.findIndex((form) => form.bytes.equals(bytes)) === index);
}

/**
 * The characters of a base64 text that depend on nothing but the needle, when `alignment` bytes stand before
 * it.
 */
function base64At(bytes: Buffer, alignment: number): string {
  const text = Buffer.concat([Buffer.alloc(alignment), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  const before = [0, 2, 3][alignment] ?? 0;
  const lastIsShared = (alignment + bytes.length) % 3 !== 0;
  return text.slice(before, lastIsShared ? -1 : undefined);
}

/** One place where a needle was found. */
export interface Hit {
  readonly needle: string;
  /** How it was written there. */
  readonly form: NeedleForm;
  /** In bytes from the start. */
  readonly offset: number;
  /** In bytes, as written there. */
  readonly length: number;
}

/**
 * Searches bytes for texts, in all the forms of {@link needleForms}.
 *
 * @param bytes - only read
 * @param needles - texts of at least four characters
 * @returns all places, in order of needle and form; empty when nothing was found
 */
export function searchBytes(bytes: Uint8Array, needles: readonly string[]): Hit[] {
  const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hits: Hit[] = [];
  for (const needle of needles) {
    for (const { form, bytes: wanted } of needleForms(needle)) {
      for (let at = haystack.indexOf(wanted); at !== -1; at = haystack.indexOf(wanted, at + 1)) {
        hits.push({ needle, form, offset: at, length: wanted.length });
      }
    }
  }
  return hits;
}

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
function searchOverflowSeams(pages: readonly DatabasePage[], needles: readonly string[]): Hit[] {
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
