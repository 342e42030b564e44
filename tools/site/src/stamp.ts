import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EDITION, OUTPUT, ROOT } from './settings';

const FOLDERS = ['docs', 'packages', 'tools/site'];
const FILES = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'package-lock.json', 'tsconfig.base.json'];
const LEFT_OUT = /(^|\/)(node_modules|dist|test|\.temp)(\/|$)|\.tsbuildinfo$/;
const STAMP = join(OUTPUT, 'stamp');

/** A hash of all that the site is made from. */
export function hashOfSources(): string {
  const hash = createHash('sha256').update(`${JSON.stringify(EDITION)}\0`);
  const inFolders = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  ).filter((path) => !LEFT_OUT.test(path.slice(ROOT.length)));
  for (const path of [...FILES.map((file) => join(ROOT, file)), ...inFolders.sort()]) {
    hash
      .update(`${path.slice(ROOT.length)}\0`)
      .update(readFileSync(path))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Whether the site was built from the sources with this hash. */
export function isBuilt(hash: string): boolean {
  try {
    return readFileSync(STAMP, 'utf8') === hash;
  } catch {
    return false;
  }
}

/** Notes that it was. */
export function noteBuilt(hash: string): void {
  writeFileSync(STAMP, hash);
}
