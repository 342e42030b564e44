import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { Browser } from 'playwright-core';
import { describeInBrowser, launchBrowser, screenshot } from '@waxseal/test-support/browser';
import { encryptedOrder, required, type EncryptedOrder } from './support/encrypted-order';
import { visitWebUi } from './support/web-ui';

const EVENTS = 500;
const NOTE = /Note \d+ about Ada Lovelace/;

describeInBrowser('a page of 500 events in the Temporal Web UI', () => {
  let order: EncryptedOrder;
  let browser: Browser;
  let long: WorkflowHandleWithFirstExecutionRunId;

  beforeAll(async () => {
    order = await encryptedOrder({
      allowedOrigins: [new URL(required('WAXSEAL_TEST_TEMPORAL_UI')).origin],
      // The numbers that docs/codec-server.md gives.
      rateLimit: { requestsPerSecond: 50, burst: 500 },
    });
    // Started, a task for nobody, and the signals.
    long = await order.client.workflow.start('Order', {
      workflowId: `order-${randomUUID()}`,
      taskQueue: 'nobody',
      args: ['Note 0 about Ada Lovelace'],
    });
    for (let note = 1; note <= EVENTS - 2; note++) {
      await long.signal('note', `Note ${String(note)} about Ada Lovelace`);
    }
    browser = await launchBrowser();
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    await long.terminate();
    await order.close();
  });

  it('decodes every payload, within the default limits and the rate limit that the documentation names', async () => {
    const path = `workflows/${long.workflowId}/${long.firstExecutionRunId}/history?per-page=${String(EVENTS)}`;
    const { page, answers, close } = await visitWebUi(browser, path, { endpoint: order.codecServer.url });
    await page.getByText('Workflow Execution Signaled').first().waitFor();
    // The view with a payload in each row.
    await page.getByText('Compact', { exact: true }).first().click();
    // The input stands above the list.
    await page
      .getByText(NOTE)
      .nth(EVENTS - 2)
      .waitFor();
    await screenshot(page, 'web-ui-500-events');
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(answers.length).toBeGreaterThanOrEqual(EVENTS - 1);
    await close();
  });
});
