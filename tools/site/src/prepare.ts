import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { apiReference } from './api-reference';
import { linksOnSite } from './links';
import { llmsFull, llmsIndex, type WrittenPage, type WrittenSection } from './llms';
import { type Page, sections } from './pages';
import { IMAGES, MARKDOWN, ROOT } from './settings';

/**
 * Writes the Markdown of all pages to where VitePress takes it from, and what a language model is
 * given; returns the sidebar.
 */
export async function prepare(): Promise<WrittenSection[]> {
  rmSync(MARKDOWN, { recursive: true, force: true });
  const order = sections();
  const reference = new Map((await apiReference()).map(({ route, markdown }) => [route, markdown]));
  const routes = new Map(
    order.flatMap(({ pages }) => pages.map((page) => [sourceOf(page), page.route] as const)),
  );

  const problems: string[] = [];
  const written = order.map((section) => ({ ...section, pages: section.pages.map(write) }));
  if (problems.length > 0) throw new Error(problems.join('\n'));
  cpSync(join(ROOT, IMAGES), join(MARKDOWN, 'images'), { recursive: true });
  cpSync(join(ROOT, 'tools/site/icon.svg'), join(MARKDOWN, 'public/icon.svg'));
  put('public/llms.txt', llmsIndex(written));
  put('public/llms-full.txt', llmsFull(written));
  return written;

  function write(page: Page): WrittenPage {
    const { route } = page;
    const source = sourceOf(page);
    const original = reference.get(route) ?? readFileSync(join(ROOT, source), 'utf8');
    const markdown = withReference(
      linksOnSite(original, { source, route }, routes, (problem) => problems.push(problem)),
      page,
    );
    const title = /^# (.+)$/m.exec(markdown)?.[1]?.replaceAll('`', '') ?? '';
    if (title === '') throw new Error(`${source} has no heading of the first level.`);
    put(route, markdown);
    return { ...page, title, markdown };
  }

  /** The page of a package, with links to the reference of its entries. */
  function withReference(markdown: string, { route }: Page): string {
    const [, name] = /^packages\/(.+)\.md$/.exec(route) ?? [];
    if (name === undefined) return markdown;
    const own = [...reference.keys()].filter(
      (api) => api === `api/${name}.md` || api.startsWith(`api/${name}.`),
    );
    if (own.length === 0) return markdown;
    const entries = own.map((api) => {
      const entry = api.slice('api/'.length, -'.md'.length).replace('.', '/');
      return `- [\`@waxseal/${entry}\`](../${api})`;
    });
    return `${markdown.trimEnd()}\n\n## API reference\n\n${entries.join('\n')}\n`;
  }
}

/** Pages of the reference stand where they would if somebody had written them. */
function sourceOf({ source, route }: Page): string {
  return source ?? `docs/${route}`;
}

function put(path: string, text: string): void {
  const file = join(MARKDOWN, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
