import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromiumArguments } from '@waxseal/bring-up';
import { chromium, type Browser, type Page } from 'playwright-core';
import { encryptedOrder, orderSecrets, required, type EncryptedOrder } from './support/encrypted-order';

const ARTEFACTS = join(__dirname, '..', '..', '..', 'test-artefacts');

let order: EncryptedOrder;
let browser: Browser;

const executablePath = process.env['WAXSEAL_TEST_CHROMIUM'];
const isSkipped = executablePath === undefined && process.env['CI'] !== 'true';
if (isSkipped) {
  console.warn(
    `The Web UI is not tested: no Chromium was found. ${process.env['WAXSEAL_TEST_CHROMIUM_TRIED'] ?? ''}`,
  );
}

beforeAll(async () => {
  if (isSkipped) return;
  if (executablePath === undefined) {
    throw new Error(`No Chromium was found. ${process.env['WAXSEAL_TEST_CHROMIUM_TRIED'] ?? ''}`);
  }
  order = await encryptedOrder({ allowedOrigins: [new URL(required('WAXSEAL_TEST_TEMPORAL_UI')).origin] });
  browser = await chromium.launch({ executablePath, args: [...chromiumArguments] });
  await mkdir(ARTEFACTS, { recursive: true });
}, 120_000);

afterAll(async () => {
  if (isSkipped) return;
  await browser.close();
  await order.close();
});

/** Opens the order's history in the Web UI as a new visitor, with or without a codec endpoint in the visitor's settings. */
async function open(endpoint: string | undefined): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 1600 } });
  if (endpoint !== undefined) {
    const settings = {
      endpoint,
      passAccessToken: false,
      includeCredentials: false,
      overrideRemoteCodecConfiguration: true,
    };
    await context.addInitScript((values: Record<string, unknown>) => {
      const { localStorage } = globalThis as unknown as {
        localStorage: { setItem(key: string, value: string): void };
      };
      for (const [key, value] of Object.entries(values)) localStorage.setItem(key, JSON.stringify(value));
    }, settings);
  }
  const page = await context.newPage();
  const workflow = `workflows/${encodeURIComponent(order.workflowId)}/${order.runId}/history`;
  await page.goto(`${required('WAXSEAL_TEST_TEMPORAL_UI')}/namespaces/${order.namespace}/${workflow}`);
  return page;
}

(isSkipped ? describe.skip : describe)('the Temporal Web UI', () => {
  it.each([
    ['plain', ''],
    ['templated', '/{namespace}'],
  ])('shows input and result decoded, with the %s endpoint', async (name, path) => {
    const page = await open(`${order.codecServer.url}${path}`);
    const answers: { status: number; url: string }[] = [];
    page.on('response', (response) => {
      if (response.url().startsWith(order.codecServer.url)) {
        answers.push({ status: response.status(), url: response.url() });
      }
    });
    await page.getByText(order.result).first().waitFor();
    for (const secret of orderSecrets) await page.getByText(secret).first().waitFor();
    await page.screenshot({ path: join(ARTEFACTS, `web-ui-decoded-${name}.png`), fullPage: true });
    expect(answers.filter(({ status }) => status >= 400)).toEqual([]);
    await page.context().close();
  });

  it('shows ciphertext without it', async () => {
    const page = await open(undefined);
    // Version 1 and suite 1 in base64: the beginning of an envelope.
    await page
      .getByText(/AQ[E-H][A-Za-z0-9+/]{60}/)
      .nth(1)
      .waitFor();
    await page.screenshot({ path: join(ARTEFACTS, 'web-ui-encrypted.png'), fullPage: true });
    const html = await page.content();
    expect([...orderSecrets, order.result].filter((secret) => html.includes(secret))).toEqual([]);
    await page.context().close();
  });
});
