import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { createTestAuthority } from '@waxseal/bring-up';
import { goodOrder, goodOrderNote } from '@waxseal/example-order-processing/dist/demo/sample-orders';
import type { Browser } from 'playwright-core';
import type { AuditRecord, ListeningCodecServer } from '../src';
import { describeInBrowser, launchBrowser, screenshot } from '@waxseal/test-support/browser';
import { encryptedOrder, orderSecrets, required, type EncryptedOrder } from './support/encrypted-order';
import { AUDIENCE, Issuer } from './support/issuer';
import { CIPHERTEXT, visitWebUi, type Visit, type Visitor } from './support/web-ui';

const CLIENT_ID = 'web-ui';

describeInBrowser('the Temporal Web UI that passes tokens over HTTPS', () => {
  let issuer: Issuer;
  let order: EncryptedOrder;
  let codecServer: ListeningCodecServer;
  let browser: Browser;
  const records: AuditRecord[] = [];
  const secrets = () => [...orderSecrets, order.result, goodOrderNote];

  beforeAll(async () => {
    issuer = await Issuer.start();
    const authority = await createTestAuthority('Test CA');
    const { certPem: cert, keyPem: key } = await authority.issue({
      commonName: 'codec.test',
      ipAddresses: ['127.0.0.1'],
      usage: 'server',
    });
    const origin = new URL(required('WAXSEAL_TEST_TEMPORAL_UI')).origin;
    const namespaces = [required('WAXSEAL_TEST_TEMPORAL_NAMESPACE')];
    const shared = { issuer: issuer.url, groupsClaim: 'groups' };
    order = await encryptedOrder({});
    codecServer = await order.serve(
      {
        allowedOrigins: [origin],
        auth: [
          { type: 'jwt', ...shared, audience: CLIENT_ID, from: 'authorization-extras' },
          { type: 'jwt', ...shared, audience: AUDIENCE },
        ],
        policies: {
          support: {
            mask: [
              { path: '$..card.number', show: { last: 4 } },
              { path: '$..customer.email', show: 'all' },
            ],
            others: 'hide',
          },
        },
        authorize: [
          { groups: ['shop'], namespaces, operations: ['decode'], policy: 'full' },
          { groups: ['support'], namespaces, operations: ['decode'], policy: 'support' },
        ],
        audit: (record) => void records.push(record),
      },
      { tls: { cert, key } },
    );
    browser = await launchBrowser();
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    await order.close();
    await issuer.stop();
  });

  beforeEach(() => {
    records.length = 0;
  });

  /** Opens the order as somebody whose Web UI passes the access token. */
  function open(signedIn?: Visitor['signedIn'], tab = 'history'): Promise<Visit> {
    return visitWebUi(browser, `workflows/${encodeURIComponent(order.workflowId)}/${order.runId}/${tab}`, {
      endpoint: codecServer.url,
      passAccessToken: true,
      ...(signedIn === undefined ? {} : { signedIn }),
    });
  }

  it('shows input and result to whom the access token names', async () => {
    const accessToken = await issuer.token({ groups: ['shop'] });
    const { page, answers, close } = await open({ accessToken });
    for (const secret of [...orderSecrets, order.result]) await page.getByText(secret).first().waitFor();
    await screenshot(page, 'web-ui-decoded-token');
    expect(new Set(answers.map(({ authorization }) => authorization))).toEqual(
      new Set([`Bearer ${accessToken}`]),
    );
    expect(records.filter(({ outcome }) => outcome !== 'allowed')).toEqual([]);
    expect(records.at(-1)).toMatchObject({ principal: 'alice', method: 'jwt' });
    await close();
  });

  it('shows them to whom the ID token names', async () => {
    const idToken = await issuer.token({ aud: CLIENT_ID, sub: 'bob', groups: ['shop'] });
    const { page, answers, close } = await open({ accessToken: 'opaque', idToken });
    for (const secret of [...orderSecrets, order.result]) await page.getByText(secret).first().waitFor();
    expect(answers.at(-1)).toMatchObject({ authorization: 'Bearer opaque', extras: idToken });
    expect(records.filter(({ outcome }) => outcome !== 'allowed')).toEqual([]);
    expect(records.at(-1)).toMatchObject({ principal: 'bob', method: 'jwt-extras' });
    await close();
  });

  it('shows a masked role what its policy leaves, and nothing else', async () => {
    const { page, answers, found, close } = await open({
      accessToken: await issuer.token({ sub: 'carol', groups: ['support'] }),
    });
    await page.getByText('****4242').first().waitFor();
    await page.getByText(goodOrder.customer.email).first().waitFor();
    await page.getByText('hidden by policy').first().waitFor();
    await screenshot(page, 'web-ui-masked');
    // The view that decodes results of activities and input of signals, too.
    await page.getByText('Compact', { exact: true }).first().click();
    await page.getByText('hidden by policy').nth(3).waitFor();
    await screenshot(page, 'web-ui-masked-compact');
    expect(await found(secrets())).toEqual([]);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(records.at(-1)).toMatchObject({ principal: 'carol', policies: ['support'], outcome: 'allowed' });
    await close();
  });

  it('shows a masked role no memo that its policy does not name', async () => {
    const { page, found, close } = await open(
      { accessToken: await issuer.token({ sub: 'carol', groups: ['support'] }) },
      'memo',
    );
    await page.getByText('hidden by policy').first().waitFor();
    expect(await found(secrets())).toEqual([]);
    await close();
  });

  it.each<[string, () => Promise<Visitor['signedIn']>, number, string]>([
    ['whose token no rule allows', async () => ({ accessToken: await issuer.token() }), 403, 'ACCESS_DENIED'],
    [
      'whose token has expired',
      async () => ({ accessToken: await issuer.token({ exp: 1, groups: ['shop'] }) }),
      401,
      'TOKEN_EXPIRED',
    ],
    ['who is not signed in', () => Promise.resolve(undefined), 401, 'TOKEN_MISSING'],
  ])('shows ciphertext to somebody %s', async (_name, signedIn, status, reason) => {
    const { page, answers, found, close } = await open(await signedIn());
    await page.getByText(CIPHERTEXT).nth(1).waitFor();
    await page.getByText('Codec Server could not connect').filter({ visible: true }).first().waitFor();
    await screenshot(page, `web-ui-refused-${String(status)}`);
    expect(await found(secrets())).toEqual([]);
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([status]));
    expect(records.at(-1)).toMatchObject({ outcome: 'refused', reason });
    await close();
  });
});
