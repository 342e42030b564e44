import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { printable } from '../printable';

const HISTORY_FILE = /\.(?:json|ndjson|jsonl)$/i;

/**
 * The files that a person names by a path: the file, or of a folder all that are called `*.json`, `*.ndjson`
 * or `*.jsonl`, in its folders too. What is hidden is passed over.
 *
 * @param notLooked is called where a folder has what is left out
 */
export async function* filesIn(path: string, notLooked: (why: string) => void): AsyncIterable<string> {
  if (path === '-' || !(await isFolder(path))) {
    yield path;
    return;
  }
  const entries = await readdir(path, { withFileTypes: true });
  const others: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const each = join(path, entry.name);
    if (entry.isDirectory()) yield* filesIn(each, notLooked);
    else if (HISTORY_FILE.test(entry.name) && (entry.isFile() || !(await isFolder(each)))) yield each;
    else if (!entry.name.startsWith('.')) others.push(entry.name);
  }
  const [first] = others;
  if (first !== undefined) {
    const more = others.length === 1 ? '' : ` and ${String(others.length - 1)} more`;
    notLooked(
      `${path} has what is not called *.json, *.ndjson or *.jsonl, or is a link to a folder: ${printable(first)}${more}. Name what holds histories`,
    );
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // Reading it tells why it cannot be.
    return false;
  }
}
