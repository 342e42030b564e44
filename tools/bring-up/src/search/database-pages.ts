/** One version of a page of an SQLite database. */
export interface DatabasePage {
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
export function databasePages(main: Buffer, log: Buffer | undefined): DatabasePage[] {
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
