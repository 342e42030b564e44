import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromiumArguments } from '@waxseal/bring-up';
import type { JWTPayload } from 'jose';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { AuditRecord } from '../src';
import { encryptedOrder, orderSecrets, required, type EncryptedOrder } from './support/encrypted-order';
import { AUDIENCE, Issuer } from './support/issuer';

const ARTEFACTS = join(__dirname, '..', '..', '..', 'test-artefacts');
const COOKIE = 'codec';

let issuer: Issuer;
let order: EncryptedOrder;
let browser: Browser;
const records: AuditRecord[] = [];

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
  issuer = await Issuer.start();
  order = await encryptedOrder({
    allowedOrigins: [new URL(required('WAXSEAL_TEST_TEMPORAL_UI')).origin],
    allowCredentials: true,
    auth: [{ type: 'jwt', issuer: issuer.url, audience: AUDIENCE, from: { cookie: COOKIE } }],
    authorize: [
      {
        principals: ['alice'],
        namespaces: [required('WAXSEAL_TEST_TEMPORAL_NAMESPACE')],
        operations: ['decode'],
      },
    ],
    audit: (record) => void records.push(record),
  });
  browser = await chromium.launch({ executablePath, args: [...chromiumArguments] });
  await mkdir(ARTEFACTS, { recursive: true });
}, 120_000);

afterAll(async () => {
  if (isSkipped) return;
  await browser.close();
  await order.close();
  await issuer.stop();
});

/** Opens the order's history as a visitor whose Web UI includes credentials; signed in where claims are given. */
async function open(claims: JWTPayload | undefined): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 1600 } });
  if (claims !== undefined) {
    const value = await issuer.token(claims);
    const domain = new URL(order.codecServer.url).hostname;
    await context.addCookies([{ name: COOKIE, value, domain, path: '/', httpOnly: true, sameSite: 'Lax' }]);
  }
  const settings = {
    endpoint: order.codecServer.url,
    passAccessToken: false,
    includeCredentials: true,
    overrideRemoteCodecConfiguration: true,
  };
  await context.addInitScript((values: Record<string, unknown>) => {
    const { localStorage } = globalThis as unknown as {
      localStorage: { setItem(key: string, value: string): void };
    };
    for (const [key, value] of Object.entries(values)) localStorage.setItem(key, JSON.stringify(value));
  }, settings);
  const page = await context.newPage();
  const workflow = `workflows/${encodeURIComponent(order.workflowId)}/${order.runId}/history`;
  await page.goto(`${required('WAXSEAL_TEST_TEMPORAL_UI')}/namespaces/${order.namespace}/${workflow}`);
  return page;
}

(isSkipped ? describe.skip : describe)('the Temporal Web UI with cross-origin credentials', () => {
  it('shows input and result to a person who may', async () => {
    const page = await open({});
    await page.getByText(order.result).first().waitFor();
    for (const secret of orderSecrets) await page.getByText(secret).first().waitFor();
    await page.screenshot({ path: join(ARTEFACTS, 'web-ui-decoded-cookie.png'), fullPage: true });
    expect(records.at(-1)).toMatchObject({ principal: 'alice', method: 'jwt-cookie', outcome: 'allowed' });
    expect(records.filter(({ status }) => status >= 400)).toEqual([]);
    await page.context().close();
  });

  it.each<[string, JWTPayload | undefined, string]>([
    ['a person who may not', { sub: 'mallory' }, 'ACCESS_DENIED'],
    ['a person who is not signed in', undefined, 'TOKEN_MISSING'],
  ])('shows ciphertext to %s', async (_name, claims, reason) => {
    records.length = 0;
    const page = await open(claims);
    // Version 1 and suite 1 in base64: the beginning of an envelope.
    await page
      .getByText(/AQ[E-H][A-Za-z0-9+/]{60}/)
      .nth(1)
      .waitFor();
    const html = await page.content();
    expect([...orderSecrets, order.result].filter((secret) => html.includes(secret))).toEqual([]);
    expect(records.at(-1)).toMatchObject({ outcome: 'refused', reason });
    await page.context().close();
  });
});
