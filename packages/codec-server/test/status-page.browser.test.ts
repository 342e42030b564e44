import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import type { Browser, Page } from 'playwright-core';
import { jsonPayload, toProtojson } from '@waxseal/test-support';
import {
  createCodecServer,
  keyReadiness,
  listen,
  type CodecServerOptions,
  type ListeningCodecServer,
} from '../src';
import { describeInBrowser, launchBrowser, screenshot } from '@waxseal/test-support/browser';

const ORDER = {
  card: '4111111111111234',
  name: 'Anna <img src=x onerror="document.title=1">',
  city: 'Ripley',
};
const TOKEN = 'a-token-of-32-characters-or-more-0123456789';

let browser: Browser;
let sealed: string;
const keyring = new Keyring({ primary: new LocalKey({ id: 'orders-2026', key: randomBytes(32) }) });
const codec = new EnvelopeCodec({ keyring });
const servers: ListeningCodecServer[] = [];

/** Opens the page of a server with these options, and keeps what the browser complains about. */
async function open(
  options: Partial<CodecServerOptions> = {},
): Promise<{ page: Page; complaints: string[] }> {
  const server = await listen(createCodecServer({ codec, readiness: keyReadiness([keyring]), ...options }), {
    port: 0,
  });
  servers.push(server);
  const context = await browser.newContext({ viewport: { width: 1000, height: 1300 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${server.url}/`);
  return { page, complaints };
}

/** Fills in the form, and gives the text of what is shown. */
async function show(page: Page, payload: string, fields: Record<string, string> = {}): Promise<string> {
  await page.locator('#payload').fill(payload);
  for (const [id, value] of Object.entries(fields)) await page.locator(`#${id}`).fill(value);
  await page.getByRole('button').click();
  const result = page.locator('#result');
  await result.locator('pre, .error').first().waitFor();
  return result.innerText();
}

describeInBrowser('the page at /', () => {
  beforeAll(async () => {
    const [encoded] = await codec.encode([jsonPayload(ORDER)], {
      type: 'workflow',
      namespace: 'orders',
      workflowId: 'order-1',
    });
    sealed = JSON.stringify(toProtojson(encoded));
    browser = await launchBrowser();
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await Promise.all(servers.map((server) => server.close()));
    codec.close();
  });

  it('says what it is, whether it is ready, and shows key ID, format and content of a payload', async () => {
    const { page, complaints } = await open();
    await page.getByText('It is ready: keys can be used.').waitFor();
    expect(await page.locator('code.endpoint').innerText()).toBe(new URL(page.url()).origin);
    const text = await show(page, `{"events":[{"input":{"payloads":[${sealed}]}}]}`, { namespace: 'orders' });
    for (const part of [
      'orders-2026',
      'Waxseal envelope, version 1, suite 1',
      'namespace = orders',
      ORDER.card,
      ORDER.name.slice(0, 9),
    ]) {
      expect(text).toContain(part);
    }
    await screenshot(page, 'status-page');
    expect(complaints).toEqual([]);
    expect(await page.locator('#result img').count()).toBe(0);
    expect(await page.title()).toBe('Waxseal Codec Server');
    await page.context().close();
  });

  it('shows key ID and format, and says what is wrong, where the payload is of another namespace', async () => {
    const { page } = await open();
    const text = await show(page, sealed, { namespace: 'billing' });
    expect(text).toContain('orders-2026');
    expect(text).toContain('WAXSEAL_CONTEXT_MISMATCH');
    expect(text).not.toContain(ORDER.card);
    await page.context().close();
  });

  it('shows what the policy of the token leaves, and nothing without a token', async () => {
    const { page } = await open({
      auth: [
        {
          type: 'bearer',
          tokens: [
            {
              principal: 'support',
              token: TOKEN,
              may: [{ namespaces: ['orders'], operations: ['decode'], policy: 'support' }],
            },
          ],
        },
      ],
      policies: { support: { mask: [{ path: '$.card', show: { last: 4 } }, { path: '$.name' }] } },
    });
    await page.getByText('Every request must say who makes it').waitFor();
    expect(await show(page, sealed, { namespace: 'orders' })).toContain('TOKEN_MISSING');
    const text = await show(page, sealed, { namespace: 'orders', token: TOKEN });
    await screenshot(page, 'status-page-masked');
    expect(text).toContain('****1234');
    expect(text).not.toContain(ORDER.card);
    expect(text).not.toContain('Anna');
    await page.context().close();
  });

  it.each([
    ['no JSON', '{', 'This is not valid JSON.'],
    ['no payload', '{"a":1}', 'There is no payload in it.'],
  ])('says what to paste where there is %s', async (_, pasted, message) => {
    const { page } = await open();
    expect(await show(page, pasted)).toContain(message);
    await page.context().close();
  });

  it('says that keys cannot be used', async () => {
    const { page } = await open({ readiness: () => false });
    await page.getByText('It is not ready: no key can be used.').waitFor();
    await page.context().close();
  });
});
