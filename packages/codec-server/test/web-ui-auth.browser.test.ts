import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { JWTPayload } from 'jose';
import type { Browser } from 'playwright-core';
import type { AuditRecord } from '../src';
import { describeInBrowser, launchBrowser, screenshot } from '@waxseal/test-support/browser';
import { encryptedOrder, orderSecrets, required, type EncryptedOrder } from './support/encrypted-order';
import { AUDIENCE, Issuer } from './support/issuer';
import { CIPHERTEXT, visitWebUi, type Visit } from './support/web-ui';

const COOKIE = 'codec';

describeInBrowser('the Temporal Web UI with cross-origin credentials', () => {
  let issuer: Issuer;
  let order: EncryptedOrder;
  let browser: Browser;
  const records: AuditRecord[] = [];

  beforeAll(async () => {
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
    browser = await launchBrowser();
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    await order.close();
    await issuer.stop();
  });

  /**
   * Opens the order's history as a visitor whose Web UI includes credentials; signed in where claims are
   * given.
   */
  async function open(claims: JWTPayload | undefined): Promise<Visit> {
    return visitWebUi(browser, `workflows/${encodeURIComponent(order.workflowId)}/${order.runId}/history`, {
      endpoint: order.codecServer.url,
      includeCredentials: true,
      ...(claims === undefined ? {} : { cookie: { name: COOKIE, value: await issuer.token(claims) } }),
    });
  }

  it('shows input and result to a person who may', async () => {
    const { page, close } = await open({});
    await page.getByText(order.result).first().waitFor();
    for (const secret of orderSecrets) await page.getByText(secret).first().waitFor();
    await screenshot(page, 'web-ui-decoded-cookie');
    expect(records.at(-1)).toMatchObject({ principal: 'alice', method: 'jwt-cookie', outcome: 'allowed' });
    expect(records.filter(({ status }) => status >= 400)).toEqual([]);
    await close();
  });

  it.each<[string, JWTPayload | undefined, string]>([
    ['a person who may not', { sub: 'mallory' }, 'ACCESS_DENIED'],
    ['a person who is not signed in', undefined, 'TOKEN_MISSING'],
  ])('shows ciphertext to %s', async (_name, claims, reason) => {
    records.length = 0;
    const { page, found, close } = await open(claims);
    await page.getByText(CIPHERTEXT).nth(1).waitFor();
    expect(await found([...orderSecrets, order.result])).toEqual([]);
    expect(records.at(-1)).toMatchObject({ outcome: 'refused', reason });
    await close();
  });
});
