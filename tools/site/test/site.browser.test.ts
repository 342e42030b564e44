import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeInBrowser, launchBrowser, screenshot } from '@waxseal/test-support/browser';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { sections } from '../src/pages';
import { pathOf } from '../src/sidebars';
import { serveSite } from '../src/serve';
import { ADDRESS, BASE, HTML, ROOT } from '../src/settings';

interface State {
  readonly width: number;
  readonly colorScheme: 'light' | 'dark';
}
const STATES: readonly State[] = [1280, 360].flatMap((width) => [
  { width, colorScheme: 'light' },
  { width, colorScheme: 'dark' },
]);
/** Two of them, in which each width and each colour is seen. */
const OPPOSITES = STATES.filter(({ width, colorScheme }) => (width === 360) === (colorScheme === 'dark'));

/** What one page has, as the browser sees it. */
interface Visit {
  readonly anchors: readonly string[];
  readonly links: readonly string[];
  readonly problems: readonly string[];
}

let axe: string;
let browser: Browser;
let site: Awaited<ReturnType<typeof serveSite>>;

async function open(path = ''): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(site.url + path);
  return { page, problems };
}

/** Shows the page in one width and colour. */
async function put(page: Page, { width, colorScheme }: State): Promise<string> {
  await page.setViewportSize({ width, height: 900 });
  await page.emulateMedia({ colorScheme });
  await page.locator(colorScheme === 'dark' ? 'html.dark' : 'html:not(.dark)').waitFor();
  return `${String(width)}-${colorScheme}`;
}

/** By how much the page is wider than the window, in pixels. */
const overflow = (page: Page) =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');

/** Visits pages one after the other in one window of one colour, which changes no widths. */
async function crawl(
  paths: readonly string[],
  colorScheme: State['colorScheme'],
): Promise<Map<string, Visit>> {
  const { page, problems } = await open();
  const visits = new Map<string, Visit>();
  const widths = [1280, 360];
  await put(page, { width: 1280, colorScheme });
  for (const path of paths) {
    problems.length = 0;
    await page.goto(site.url + path, { waitUntil: 'load' });
    // The next page begins as wide as this one ends.
    for (const width of widths.reverse()) {
      await page.setViewportSize({ width, height: 900 });
      const pixels = await overflow(page);
      if (pixels > 0) problems.push(`${String(width)}: wider than the window by ${String(pixels)} pixels`);
    }
    const anchors = await page.evaluate<string[]>(
      "[...document.querySelectorAll('[id]')].map(({ id }) => id)",
    );
    const links = await page.evaluate<string[]>(
      "[...document.querySelectorAll('a[href]')].map(({ href }) => href)",
    );
    visits.set(path, { anchors, links, problems: [...problems] });
  }
  await page.context().close();
  return visits;
}

/** Links that lead to no page, no file or no anchor of the site. */
async function deadLinks(visits: ReadonlyMap<string, Visit>): Promise<string[]> {
  const dead = new Set<string>();
  for (const [from, { links }] of visits) {
    for (const link of links.filter((each) => each.startsWith(site.url))) {
      const { pathname, hash } = new URL(link);
      const path = pathname.slice(BASE.length);
      const there = visits.get(path);
      const isThere = there !== undefined || (await fetch(link)).status === 200;
      const anchor = decodeURIComponent(hash.slice(1));
      if (!isThere || (anchor !== '' && there?.anchors.includes(anchor) !== true)) {
        dead.add(`${from}: ${link.slice(site.url.length)}`);
      }
    }
  }
  return [...dead];
}

/** What axe finds wrong, with an example or three of each. */
async function violations(page: Page): Promise<string[]> {
  const found = await page.evaluate<AxeResults>(`${axe}; axe.run()`);
  return found.violations.map(({ id, nodes }) =>
    [id, ...nodes.slice(0, 3).map(({ html }) => html.slice(0, 160))].join(' '),
  );
}

describeInBrowser('the documentation site', () => {
  beforeAll(async () => {
    await promisify(execFile)(process.execPath, [join(ROOT, 'tools/site/dist/main.js')]);
    axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
    site = await serveSite();
    browser = await launchBrowser();
  }, 300_000);

  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  it('has pages without an error, none wider than its window, and no link or anchor that leads nowhere', async () => {
    const paths = sections().flatMap(({ pages }) => pages.map(({ route }) => pathOf(route)));
    const half = Math.ceil(paths.length / 2);
    const crawls = await Promise.all([
      crawl(paths.slice(0, half), 'light'),
      crawl(paths.slice(half), 'dark'),
    ]);
    const visits = new Map(crawls.flatMap((each) => [...each]));
    expect([...visits].flatMap(([path, { problems }]) => problems.map((each) => `${path}: ${each}`))).toEqual(
      [],
    );
    expect(await deadLinks(visits)).toEqual([]);
  }, 180_000);

  it.each(['', 'deployment'])(
    'has the page "%s" for everybody: axe finds nothing',
    async (path) => {
      const { page } = await open(path);
      const found = new Set<string>();
      for (const state of path === '' ? STATES : OPPOSITES) {
        const name = await put(page, state);
        if (OPPOSITES.includes(state)) await screenshot(page, `site-${path === '' ? 'start' : path}-${name}`);
        for (const violation of await violations(page)) found.add(`${name}: ${violation}`);
      }
      expect([...found]).toEqual([]);
      await page.context().close();
    },
    120_000,
  );

  it('finds a page by its words', async () => {
    const { page, problems } = await open();
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('searchbox').fill('audit log altered');
    const result = page.locator('.VPLocalSearchBox a.result').first();
    await result.waitFor();
    await screenshot(page, 'site-search');
    await result.click();
    await page.waitForURL(/audit/);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it('has each page as Markdown, and an index of them for language models', async () => {
    const { page } = await open('spec/envelope');
    const link = page.getByText('This page as Markdown');
    expect(await link.getAttribute('href')).toBe(`${BASE}spec/envelope.md`);
    await page.context().close();

    const index = readFileSync(join(HTML, 'llms.txt'), 'utf8');
    const addresses = [...index.matchAll(/\]\((\S+)\)/g)].map(([, address = '']) => address);
    expect(addresses.length).toBeGreaterThan(80);
    for (const address of addresses) {
      const answer = await fetch(site.url + address.slice(ADDRESS.length));
      expect([address, answer.status]).toEqual([address, 200]);
      expect(await answer.text()).toMatch(/^# /);
    }
  });
});
