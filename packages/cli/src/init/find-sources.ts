import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A file of the project's own code. */
export interface Source {
  /** Relative to the folder of the project, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** What {@link findSources} has found. */
export interface FoundSources {
  /** Those that name a Worker or a Client of the SDK. */
  readonly sources: readonly Source[];
  /** Whether there was more than it looks at. */
  readonly isCut: boolean;
}

const CODE = /(?<!\.d)\.[cm]?[jt]sx?$/;
const OF_SDK = /['"]@temporalio\/(?:client|worker)['"]/;
const TEST = /\.(?:test|spec)\.[cm]?[jt]sx?$/;
/** Folders of what others wrote or a build made, and of tests. */
const LEFT_OUT = new Set(
  'node_modules bower_components dist build out lib coverage vendor test tests __tests__ __mocks__'.split(
    ' ',
  ),
);
const MOST_FILES = 10_000;
const MOST_BYTES = 1_000_000;
const DEEPEST = 16;

/**
 * Looks for the files in which the plugin has a place. What is hidden, other packages within this one, tests,
 * and links are left out.
 *
 * @param onSeen is called with how many files were come to
 */
export function findSources(directory: string, onSeen: (seen: number) => void): FoundSources {
  const sources: Source[] = [];
  let seen = 0;
  let isCut = false;
  const walk = (folder: string, depth: number): void => {
    for (const entry of readdirSync(join(directory, folder), { withFileTypes: true }).sort(byName)) {
      // `.pnp.cjs` of Yarn names every package.
      if (entry.name.startsWith('.')) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (LEFT_OUT.has(entry.name)) continue;
        if (statSync(join(directory, path, 'package.json'), { throwIfNoEntry: false })?.isFile()) continue;
        if (depth === DEEPEST) isCut = true;
        else walk(path, depth + 1);
      } else if (entry.isFile() && CODE.test(entry.name) && !TEST.test(entry.name)) {
        seen++;
        onSeen(seen);
        if (seen > MOST_FILES || statSync(join(directory, path)).size > MOST_BYTES) {
          isCut = true;
          continue;
        }
        const text = readFileSync(join(directory, path), 'utf8');
        if (OF_SDK.test(text)) sources.push({ path, text });
      }
    }
  };
  walk('', 0);
  return { sources, isCut };
}

function byName(
  { name: one }: { readonly name: string },
  { name: other }: { readonly name: string },
): number {
  return one < other ? -1 : 1;
}
