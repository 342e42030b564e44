import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { chromiumArguments } from '@waxseal/bring-up';
import { chromium, type Browser, type Page } from 'playwright-core';

const ARTEFACTS = join(__dirname, '..', '..', '..', 'test-artefacts');

const executablePath = process.env['WAXSEAL_TEST_CHROMIUM'];
const notFound = `no Chromium was found. ${process.env['WAXSEAL_TEST_CHROMIUM_TRIED'] ?? ''}`;

/**
 * Describes tests that need a browser. Without one they are skipped and the reason is printed; with `CI=true`
 * they fail.
 *
 * @param tests with the hooks that only they need
 */
export function describeInBrowser(name: string, tests: () => void): void {
  const isSkipped = executablePath === undefined && process.env['CI'] !== 'true';
  // Jest keeps the console of a file to itself that is skipped as a whole.
  if (isSkipped) process.stderr.write(`Not tested: ${name}: ${notFound}\n`);
  (isSkipped ? describe.skip : describe)(name, tests);
}

/** Starts the browser that the test run found. */
export async function launchBrowser(): Promise<Browser> {
  if (executablePath === undefined) throw new Error(`The tests cannot run: ${notFound}`);
  return chromium.launch({ executablePath, args: [...chromiumArguments] });
}

/** Keeps a picture of the whole page among the artefacts of the test run. */
export async function screenshot(page: Page, name: string): Promise<void> {
  await mkdir(ARTEFACTS, { recursive: true });
  await page.screenshot({ path: join(ARTEFACTS, `${name}.png`), fullPage: true });
}
