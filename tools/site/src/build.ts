import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepare } from './prepare';
import { HTML, MARKDOWN, OUTPUT, ROOT } from './settings';
import { sidebars } from './sidebars';
import { hashOfSources, isBuilt, noteBuilt } from './stamp';

/** What `.vitepress/config.mjs` reads: the sidebars, as VitePress has them. */
const SIDEBAR = join(OUTPUT, 'sidebars.json');

/** Builds the site, unless it is built from the same sources. Throws where a link leads nowhere. */
export async function buildSite(): Promise<'built' | 'up to date'> {
  const hash = hashOfSources();
  if (isBuilt(hash)) return 'up to date';
  rmSync(OUTPUT, { recursive: true, force: true });
  mkdirSync(OUTPUT, { recursive: true });
  const sections = await prepare();
  writeFileSync(SIDEBAR, JSON.stringify(sidebars(sections)));
  const { build } = await import('vitepress');
  await build(join(ROOT, 'tools/site'));
  for (const { route } of sections.flatMap(({ pages }) => pages)) {
    cpSync(join(MARKDOWN, route), join(HTML, route));
  }
  // The Markdown of a page names them where they lie.
  cpSync(join(MARKDOWN, 'images'), join(HTML, 'images'), { recursive: true });
  noteBuilt(hash);
  return 'built';
}
