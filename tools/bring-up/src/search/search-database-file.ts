import { readFile } from 'node:fs/promises';
import { databasePages } from './database-pages';
import { searchBytes } from './search-bytes';
import type { Hit } from './search-bytes';
import { searchOverflowSeams } from './search-overflow-seams';

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
