import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { goodOrder, standingOrder } from '@waxseal/example-order-processing/dist/demo/sample-orders';
import type { Browser } from 'playwright-core';
import { describeInBrowser, launchBrowser, screenshot } from '@waxseal/test-support/browser';
import type { AuditRecord } from '../src';
import { severalFormats } from './support/several-formats';
import { encryptedOrder, orderSecrets, required, type EncryptedOrder } from './support/encrypted-order';
import { startProxy } from './support/proxy';
import { CIPHERTEXT, runFirstQuery, visitWebUi, type Visit, type Visitor } from './support/web-ui';

describeInBrowser('the Temporal Web UI', () => {
  let order: EncryptedOrder;
  let browser: Browser;

  beforeAll(async () => {
    order = await encryptedOrder({ allowedOrigins: [new URL(required('WAXSEAL_TEST_TEMPORAL_UI')).origin] });
    browser = await launchBrowser();
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    await order.close();
  });

  function visit(
    tab: string,
    { workflowId, runId }: { workflowId: string; runId: string } = order,
    visitor: Visitor = { endpoint: order.codecServer.url },
  ): Promise<Visit> {
    return visitWebUi(browser, `workflows/${encodeURIComponent(workflowId)}/${runId}/${tab}`, visitor);
  }

  /** Waits until all of it can be seen, keeps a picture, and makes sure that nothing was refused. */
  async function shows({ page, answers, close }: Visit, texts: readonly string[], name: string) {
    for (const text of texts) await page.getByText(text).first().waitFor();
    await screenshot(page, name);
    expect(answers.length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    await close();
  }

  it.each([
    ['plain', ''],
    ['templated', '/{namespace}'],
  ])('shows input and result decoded, with the %s endpoint', async (name, path) => {
    const opened = await visit('history', order, { endpoint: `${order.codecServer.url}${path}` });
    await shows(opened, [order.result, ...orderSecrets], `web-ui-decoded-${name}`);
  });

  it('shows ciphertext without it', async () => {
    const { page, found, close } = await visit('history', order, {});
    await page.getByText(CIPHERTEXT).nth(1).waitFor();
    await screenshot(page, 'web-ui-encrypted');
    expect(await found([...orderSecrets, order.result])).toEqual([]);
    await close();
  });

  // By itself the browser tells another origin no more than the origin of the page.
  it.each<[string, string, Record<string, string>, boolean]>([
    ['nothing', 'of another origin', {}, false],
    [
      'the execution',
      'of another origin, where Referrer-Policy allows it',
      { 'Referrer-Policy': 'no-referrer-when-downgrade' },
      true,
    ],
    ['the execution', 'of the same origin', {}, true],
  ])('names %s to a Codec Server %s', async (_what, where, headers, isNamed) => {
    const records: AuditRecord[] = [];
    const isSame = where.includes('same');
    const target = { codec: '' };
    const ui = required('WAXSEAL_TEST_TEMPORAL_UI');
    const proxy = await startProxy(
      (path) => (path.startsWith('/codec/') ? target.codec + path.slice(6) : ui + path),
      headers,
    );
    const { url } = await order.serve({
      allowedOrigins: [proxy.origin],
      audit: (record) => void records.push(record),
    });
    target.codec = url;
    const endpoint = isSame ? `${proxy.origin}/codec` : url;
    const { page, close } = await visit('history', order, { endpoint, webUi: proxy.origin });
    await page.getByText(order.result).first().waitFor();
    await close();
    proxy.close();
    const { workflowId, runId } = order;
    const named = isNamed ? { workflowId, runId, by: 'referer' } : null;
    expect(new Set(records.map((record) => JSON.stringify(record.named)))).toEqual(
      new Set([JSON.stringify(named)]),
    );
  });

  it('shows what an order failed with', async () => {
    const { message } = order.failed;
    await shows(await visit('history', order.failed), [message], 'web-ui-failure');
  });

  it('shows what a chain of codecs opens, of several formats in one history', async () => {
    const formats = await severalFormats(order.stored);
    try {
      const texts = [
        'compressed text',
        'text of the proxy',
        '"hello"',
        'sealed text',
        'packed and sealed text',
      ];
      const { page, answers, close } = await visit('history', formats, { endpoint: formats.url });
      await page.getByText('Workflow Execution Signaled').first().waitFor();
      // The view with a payload in each row.
      await page.getByText('Compact', { exact: true }).first().click();
      await shows({ page, answers, close, found: () => Promise.resolve([]) }, texts, 'web-ui-formats');
    } finally {
      await formats.close();
    }
  });

  it('shows the memo', async () => {
    await shows(await visit('memo'), [goodOrder.customer.name], 'web-ui-memo');
  });

  it('shows the answer of a query', async () => {
    const opened = await visit('query');
    await runFirstQuery(opened.page);
    await shows(opened, [goodOrder.customer.name, goodOrder.shippingAddress.street], 'web-ui-query');
  });

  it('shows the heartbeat of a pending activity', async () => {
    const { workflowId, firstExecutionRunId: runId } = await order.place(standingOrder);
    const opened = await visit('pending-activities', { workflowId, runId });
    const { holder, number } = standingOrder.card;
    await shows(opened, [holder, number], 'web-ui-pending-activity');
  });

  it('lists workflows without asking the Codec Server', async () => {
    const { page, answers, found, close } = await visitWebUi(browser, 'workflows', {
      endpoint: order.codecServer.url,
    });
    await page.getByText(order.workflowId).first().waitFor();
    await screenshot(page, 'web-ui-list');
    expect(answers).toEqual([]);
    expect(await found(orderSecrets)).toEqual([]);
    await close();
  });
});
