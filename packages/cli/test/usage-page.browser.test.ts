import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeInBrowser, launchBrowser, screenshot } from '@waxseal/test-support/browser';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { usagePage } from '../src/keys/usage-page';
import { SAMPLES } from './support/sample-usage';

let browser: Browser;
let axe: string;
let server: Server | undefined;
const directory = temporaryDirectory();

/** A page as it was opened, and what it did besides. */
interface Opened {
  readonly page: Page;
  /** Addresses of all requests. */
  readonly requests: readonly string[];
  readonly complaints: readonly string[];
  readonly url: string;
}

function pageOf(sample: string): string {
  const report = SAMPLES[sample];
  if (report === undefined) throw new Error(`There is no sample ${sample}.`);
  return usagePage(report());
}

async function open(html: string, options: BrowserContextOptions): Promise<Opened> {
  const file = join(directory, 'usage.html');
  await writeFile(file, html);
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  const url = pathToFileURL(file).href;
  await page.goto(url);
  return { page, requests, complaints, url };
}

/** What axe finds wrong, of any impact. */
async function violations(page: Page, rules: Pick<RunOptions, 'runOnly' | 'rules'> = {}): Promise<string[]> {
  const options: RunOptions = { resultTypes: ['violations'], ...rules };
  // Through the debugger: the page's policy keeps scripts out.
  const { violations: found, passes } = await page.evaluate<AxeResults>(
    `${axe}; axe.run(${JSON.stringify(options)})`,
  );
  expect(passes).not.toEqual([]);
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
  );
}

/** By how many pixels the page is wider than what it is shown on. */
async function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

const names = Object.keys(SAMPLES);
/** Long pages, on a machine that does other things too. */
const TIMEOUT_MS = 180_000;
const pictureOf = (sample: string, kind: string): string =>
  `keys-usage-${sample.replaceAll(' ', '-')}-${kind}`;

describeInBrowser('the page on the use of keys', () => {
  beforeAll(async () => {
    axe = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');
    browser = await launchBrowser();
  }, 60_000);

  afterAll(async () => {
    server?.close();
    await browser.close();
  });

  it.each(names)(
    'loads nothing, and is accessible in light and dark: %s',
    async (sample) => {
      const { page, requests, complaints, url } = await open(pageOf(sample), {
        viewport: { width: 1280, height: 900 },
        offline: true,
      });
      expect(requests).toEqual([url]);
      expect(complaints).toEqual([]);
      expect(await page.title()).toMatch(/^Use of keys in /);
      // The style is in force: its policy has the right hash.
      expect(await page.evaluate("getComputedStyle(document.querySelector('.tally')).display")).toBe('grid');
      await screenshot(page, pictureOf(sample, 'light'));
      await page.emulateMedia({ colorScheme: 'dark' });
      await screenshot(page, pictureOf(sample, 'dark'));
      expect(await violations(page, { runOnly: ['color-contrast'] })).toEqual([]);
      await page.emulateMedia({ colorScheme: 'light' });
      await page.evaluate("document.querySelectorAll('details').forEach((details) => (details.open = true))");
      expect(await violations(page)).toEqual([]);
      expect(requests).toEqual([url]);
      await page.context().close();
    },
    TIMEOUT_MS,
  );

  it.each(names)(
    'fits a screen of 320 pixels, and paper: %s',
    async (sample) => {
      const { page } = await open(pageOf(sample), { viewport: { width: 320, height: 900 } });
      expect(await overflow(page)).toBe(0);
      await screenshot(page, pictureOf(sample, '320'));
      // The colours are those of a wide screen.
      expect(await violations(page, { rules: { 'color-contrast': { enabled: false } } })).toEqual([]);
      await page.emulateMedia({ media: 'print' });
      // A4 between the margins of the style.
      await page.setViewportSize({ width: 703, height: 1016 });
      expect(await overflow(page)).toBe(0);
      await screenshot(page, pictureOf(sample, 'print'));
      await page.context().close();
    },
    TIMEOUT_MS,
  );

  it('would not load or run what gets into it', async () => {
    const asked: string[] = [];
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const origin = `http://127.0.0.1:${String(port)}`;
    const attack = `<script>document.title = 'run'</script><img src="${origin}/img" onerror="document.title = 'run'">
      <link rel="stylesheet" href="${origin}/css"><script src="${origin}/js"></script><iframe src="${origin}/frame"></iframe>
      <style>body { background: url(${origin}/background) }</style><p style="background: url(${origin}/style)">
      <form action="${origin}/form"><button id="send">send</button></form>`;
    const { page, complaints } = await open(
      pageOf('rotation').replace('<main>', () => `<main>${attack}`),
      {},
    );
    expect(await page.title()).toMatch(/^Use of keys in /);
    const refused = page.waitForEvent('console', (message) => message.text().includes('form-action'));
    await page.locator('#send').click({ noWaitAfter: true });
    await refused;
    for (const directive of [
      'script-src',
      'img-src',
      'style-src',
      'frame-src',
      'form-action',
      'default-src',
    ]) {
      expect(complaints.filter((complaint) => complaint.includes(directive))).not.toEqual([]);
    }
    expect(asked).toEqual([]);
    await page.context().close();
  });
});
