import { readFile } from 'node:fs/promises';
import { expect } from '@jest/globals';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { screenshot } from '@waxseal/test-support/browser';

/** An open page of a Codec Server. */
export interface OpenPage {
  readonly page: Page;
  /** What the browser has complained about. */
  readonly complaints: readonly string[];
  /** Method and path of each request to a server. */
  readonly requests: readonly string[];
}

/** Opens the page of a server as a new visitor. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = { viewport: { width: 1280, height: 900 } },
): Promise<OpenPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    // Chromium says so of each answer that is an error, which the page then shows.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      complaints.push(message.text());
    }
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    requests.push(`${request.method()} ${new URL(request.url()).pathname}`);
  });
  await page.goto(url);
  return { page, complaints, requests };
}

/** Pastes a text, and lists what is in it. */
export async function list(page: Page, text: string, namespace?: string): Promise<void> {
  await page.locator('#payload').fill(text);
  if (namespace !== undefined) await page.locator('#namespace').fill(namespace);
  await page.getByRole('button', { name: 'List the payloads' }).click();
}

let axe: string | undefined;

/** What axe finds wrong, of any impact. */
async function violations(page: Page): Promise<string[]> {
  axe ??= await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');
  // Through the debugger: the page's policy keeps scripts out.
  const { violations: found, passes } = await page.evaluate<AxeResults>(
    `${axe}; axe.run({ resultTypes: ['violations'] })`,
  );
  expect(passes).not.toEqual([]);
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
  );
}

const WIDTHS = [1280, 360];

/** Looks at a state of the page, light and dark, wide and narrow: axe finds nothing, nothing sticks out. */
export async function lookAt(page: Page, state: string): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect([state, width, colorScheme, await violations(page)]).toEqual([state, width, colorScheme, []]);
      await screenshot(page, `status-page-${state}-${String(width)}-${colorScheme}`);
    }
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect([state, width, await page.evaluate(overflow)]).toEqual([state, width, 0]);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
}
