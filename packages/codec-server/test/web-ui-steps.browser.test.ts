import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { describeInBrowser, launchBrowser } from '@waxseal/test-support/browser';
import { encryptedOrder, orderSecrets, required, type EncryptedOrder } from './support/encrypted-order';
import { openPage } from './support/status-page';
import { visitWebUi } from './support/web-ui';

describeInBrowser('the steps that the page at / gives for the Temporal Web UI', () => {
  let order: EncryptedOrder;
  let browser: Browser;

  beforeAll(async () => {
    const origin = new URL(required('WAXSEAL_TEST_TEMPORAL_UI')).origin;
    order = await encryptedOrder({ allowedOrigins: [origin] });
    browser = await launchBrowser();
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    await order.close();
  });

  it('lead to decoded payloads, in the words of the Web UI', async () => {
    const { page: own } = await openPage(browser, `${order.codecServer.url}/`);
    const steps = await own.locator('ol > li').allInnerTexts();
    const [glasses = '', choice = '', apply = ''] = steps.map((step) => /“(.+?)”/.exec(step)?.[1] ?? '');
    const endpoint = await own.locator('#endpoint').innerText();

    const history = `workflows/${order.workflowId}/${order.runId}/history`;
    const { page, found, close } = await visitWebUi(browser, history);
    await page.getByText('Workflow Execution Started').first().waitFor();
    expect(await found(orderSecrets)).toEqual([]);
    await page.getByRole('button', { name: glasses }).click();
    await page.getByText(choice).click();
    await page.getByPlaceholder('Paste your endpoint here').fill(endpoint);
    await page.getByRole('button', { name: apply }).filter({ visible: true }).click();
    expect(steps[2]).toContain('load the page again');
    await page.reload();
    await page
      .getByText(orderSecrets[0] ?? '')
      .first()
      .waitFor();
    await close();
    await own.context().close();
  });
});
