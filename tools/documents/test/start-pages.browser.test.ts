import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeInBrowser, launchBrowser, screenshot } from '@waxseal/test-support/browser';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import type { Browser, Page } from 'playwright-core';
import { runPage, type RunPage } from './support/run-page';

const CARD = 'paid with card 4242 4242 4242 4242';

describeInBrowser('docs/start/aws.md in the Web UI', () => {
  let run: RunPage;
  let browser: Browser;

  beforeAll(async () => {
    run = await runPage('aws', temporaryDirectory());
    browser = await launchBrowser();
  }, 300_000);
  afterAll(async () => {
    await browser.close();
    await run.close();
  });

  /** Opens order-1 by the list. @returns the page, and the ports that have decoded for it */
  async function openOrder(): Promise<{ page: Page; decodedBy: Set<number> }> {
    const page = await browser.newPage({ viewport: { width: 1400, height: 1200 } });
    const decodedBy = new Set<number>();
    page.on('response', (response) => {
      const { pathname, port } = new URL(response.url());
      if (pathname === '/decode' && response.request().method() === 'POST' && response.ok())
        decodedBy.add(Number(port));
    });
    await page.goto(`http://localhost:${String(run.ports.ui)}`);
    await page.getByRole('link', { name: 'order-1', exact: true }).first().click();
    return { page, decodedBy };
  }

  it('order-1 is shown decoded, as waxseal dev has configured it', async () => {
    const { page, decodedBy } = await openOrder();
    await page.getByText(CARD).first().waitFor();
    await screenshot(page, 'start-page-dev');
    expect([...decodedBy]).toEqual([run.ports.codec]);
    await page.close();
  });

  it('its three steps lead to the Codec Server that is started by itself', async () => {
    const { page, decodedBy } = await openOrder();
    await page.getByText(CARD).first().waitFor();
    decodedBy.clear();
    await page
      .getByRole('button', { name: /codec server/i })
      .first()
      .click();
    await page.getByText('Use my browser setting and ignore Cluster-level setting').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill(`http://127.0.0.1:${String(run.ports.serve)}`);
    await screenshot(page, 'start-page-steps');
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.reload();
    await page.getByText(CARD).first().waitFor();
    expect([...decodedBy]).toEqual([run.ports.serve]);
    await page.close();
  });
});
