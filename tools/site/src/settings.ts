import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { editionOfBuild } from './editions';

/** Which of several builds this one is. */
export const EDITION = editionOfBuild();

/** Where the site is published. `error.help` leads there too (`packages/core/src/base/errors.ts`). */
export const SITE = 'https://waxseal.github.io/waxseal/';

/** Where this build of it is. */
export const ADDRESS = SITE + EDITION.path;

/**
 * Where links go to files that are no page of the site: a file or folder of the repository stands
 * behind it.
 */
const REPOSITORY = 'https://github.com/waxseal/waxseal';

/** The path under which the site is served. */
export const BASE = new URL(ADDRESS).pathname;

/** The folder of the repository. */
export const ROOT = resolve(__dirname, '../../..');

/** What pages show, in the repository; below `images` on the site. */
export const IMAGES = 'docs/images';

/** What the build makes, all of it ignored by git. */
export const OUTPUT = join(ROOT, '.cache/site');
/** The Markdown of all pages, by their place on the site. */
export const MARKDOWN = join(OUTPUT, 'markdown');
/** The site: HTML, with the Markdown of each page beside it. */
export const HTML = join(OUTPUT, 'html');

/** The version that the pages describe: that of the packages, which have one together. */
export function version(): string {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'packages/core/package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}

/** The address of a file or folder of the repository. */
export function inRepository(path: string, kind: 'blob' | 'tree'): string {
  return path === '' ? REPOSITORY : `${REPOSITORY}/${kind}/${EDITION.ref}/${path}`;
}
