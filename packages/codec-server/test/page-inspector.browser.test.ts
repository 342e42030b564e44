import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import type { Browser, Page } from 'playwright-core';
import { jsonPayload, toProtojson } from '@waxseal/test-support';
import { describeInBrowser, launchBrowser } from '@waxseal/test-support/browser';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import {
  createCodecServer,
  keyReadiness,
  listen,
  type AuditRecord,
  type CodecServerOptions,
  type ListeningCodecServer,
} from '../src';
import { list, lookAt, openPage, type OpenPage } from './support/status-page';

const ORDER = { card: '4111111111111234', name: 'Anna <img src=x onerror="document.title=1">', amount: 7 };
const TOKEN = 'a-token-of-32-characters-or-more-0123456789';
const CONTEXT = { type: 'workflow', namespace: 'orders', workflowId: 'order-1' } as const;

const [current, old, gone] = ['orders-2026', 'orders-2025', 'lost-key'].map(
  (id) => new LocalKey({ id, key: randomBytes(32) }),
) as [LocalKey, LocalKey, LocalKey];
const keyring = new Keyring({ primary: current, decryptOnly: [old] });
const codec = new EnvelopeCodec({ keyring });
const directory = temporaryDirectory();
const servers: ListeningCodecServer[] = [];

let browser: Browser;
let history: string;

async function open(options: Partial<CodecServerOptions> = {}): Promise<OpenPage> {
  const readiness = keyReadiness([keyring]);
  const server = await listen(createCodecServer({ codec, readiness, ...options }), { port: 0 });
  servers.push(server);
  return openPage(browser, `${server.url}/`);
}

const seal = async (key: LocalKey, ...values: readonly unknown[]): Promise<Payload[]> => {
  const sealer = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
  const sealed = await sealer.encode(values.map(jsonPayload), CONTEXT);
  sealer.close();
  return sealed;
};

const historyOf = (payloads: readonly object[]): string =>
  JSON.stringify({
    events: payloads.map((payload, index) =>
      index === 0
        ? {
            eventId: '1',
            workflowExecutionStartedEventAttributes: {
              workflowId: 'order-1',
              input: { payloads: [payload] },
            },
          }
        : {
            eventId: String(index + 1),
            workflowExecutionSignaledEventAttributes: { signalName: 'note', input: { payloads: [payload] } },
          },
    ),
  });

const rowOf = (page: Page, event: string) =>
  page.locator('#rows > tr:not(.content)', { has: page.getByText(event, { exact: true }) });
const status = (page: Page) => page.locator('#status').innerText();

describeInBrowser('the inspector of the page at /', () => {
  beforeAll(async () => {
    const sealed = [
      ...(await seal(current, ORDER)),
      ...(await seal(old, 'a note of last year')),
      ...(await seal(gone, 'a note under a key that is gone')),
    ].map(toProtojson);
    const damaged = { ...toProtojson((await seal(current, 'x'))[0]), data: 'AQEB' };
    history = historyOf([...sealed, toProtojson(jsonPayload('in clear')), damaged]);
    browser = await launchBrowser();
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await Promise.all(servers.map((server) => server.close()));
    codec.close();
  });

  it('lists what a history holds, and decodes nothing', async () => {
    const records: AuditRecord[] = [];
    const { page, complaints, requests } = await open({ audit: (record) => void records.push(record) });
    await list(page, history, 'orders');
    await page.getByText('5 payloads, 3 keys. Nothing was decoded.').waitFor();
    expect(await page.locator('#rows > tr:not(.content)').allInnerTexts()).toEqual([
      expect.stringMatching(
        /^1 WorkflowExecutionStarted\s+input\.payloads\[0\]\s+orders-2026\s+\d+ B\s+namespace orders\s+Encrypted\s+Show$/,
      ),
      expect.stringMatching(
        /^2 WorkflowExecutionSignaled\s+input\.payloads\[0\]\s+orders-2025\s+\d+ B\s+namespace orders\s+Encrypted\s+Show$/,
      ),
      expect.stringMatching(
        /^3 WorkflowExecutionSignaled\s+input\.payloads\[0\]\s+lost-key\s+\d+ B\s+namespace orders\s+Encrypted\s+Show$/,
      ),
      expect.stringMatching(
        /^4 WorkflowExecutionSignaled\s+input\.payloads\[0\]\s+none\s+10 B\s+–\s+Not encrypted\s+Show$/,
      ),
      expect.stringMatching(
        /^5 WorkflowExecutionSignaled\s+input\.payloads\[0\]\s+orders-2026\s+3 B\s+–\s+Malformed: /,
      ),
    ]);
    const keys = page.locator('#keys');
    await keys.getByText('It is not configured here').waitFor();
    expect((await keys.innerText()).match(/can be used/g)).toHaveLength(2);
    expect(await page.content()).not.toContain(ORDER.card);
    await lookAt(page, 'table');
    expect(
      records.map(({ operation, payloadCount, named }) => [operation, payloadCount, named?.workflowId]),
    ).toEqual([['inspect', 5, 'order-1']]);
    expect(requests.filter((request) => request.startsWith('POST'))).toEqual(['POST /inspect']);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('shows the content of one payload when it is asked for, and forgets it when it is hidden', async () => {
    const { page, complaints, requests } = await open();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await list(page, history, 'orders');
    await page.getByText('Nothing was decoded.').waitFor();
    const show = page.getByRole('button', { name: 'Show input.payloads[0], event 1' });
    await show.click();
    await page.getByText('The payload is shown.').waitFor();
    const content = page.locator('#content-0 pre');
    expect(JSON.parse(await content.innerText())).toEqual(ORDER);
    expect(await page.locator('#rows img').count()).toBe(0);
    expect(await page.title()).toBe('Waxseal Codec Server');
    await page.getByRole('button', { name: 'Copy input.payloads[0], event 1' }).click();
    expect(JSON.parse(await page.evaluate<string>('navigator.clipboard.readText()'))).toEqual(ORDER);
    const hide = page.getByRole('button', { name: 'Hide input.payloads[0], event 1' });
    expect(await hide.getAttribute('aria-expanded')).toBe('true');
    await hide.click();
    expect(await show.getAttribute('aria-expanded')).toBe('false');
    expect(await page.content()).not.toContain(ORDER.card);
    expect(requests.filter((request) => request.startsWith('POST'))).toEqual([
      'POST /inspect',
      'POST /decode',
    ]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('shows all that can be had, and why the others cannot', async () => {
    const { page } = await open();
    await list(page, history, 'orders');
    await page.getByText('Nothing was decoded.').waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByText('3 of 5 payloads are shown.').waitFor();
    const lost = rowOf(page, '3 WorkflowExecutionSignaled');
    expect(await lost.innerText()).toContain('Not decoded: WAXSEAL_UNKNOWN_KEY');
    expect(await lost.getByRole('link').getAttribute('href')).toBe(
      'https://waxseal.github.io/waxseal/errors#waxseal_unknown_key',
    );
    expect(await rowOf(page, '5 WorkflowExecutionSignaled').innerText()).toContain(
      'WAXSEAL_MALFORMED_ENVELOPE',
    );
    await lookAt(page, 'decoded');
    await page.locator('#filter-text').fill('last year');
    await page.getByText('1 to 1 of 1').waitFor();
    await page.locator('#filter-text').fill('');
    await page.getByText('1 to 5 of 5').waitFor();
    await page.locator('#filter-key').selectOption('orders-2025');
    await page.getByText('1 to 1 of 1').waitFor();
    expect(await page.locator('#rows > tr:not(.content)').innerText()).toContain('orders-2025');
    await page.getByRole('button', { name: 'Hide all' }).click();
    expect(await page.content()).not.toContain('a note of last year');
    await page.context().close();
  });

  it('says what is wrong where the payloads are of another namespace', async () => {
    const { page } = await open();
    await list(page, history, 'billing');
    await page.getByText('Nothing was decoded.').waitFor();
    await page.getByRole('button', { name: 'Show input.payloads[0], event 1' }).click();
    await page.getByText('WAXSEAL_CONTEXT_MISMATCH').waitFor();
    expect(await page.content()).not.toContain(ORDER.card);
    await page.context().close();
  });

  it('shows what the policy of the token leaves, and what is in clear anyway without one', async () => {
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
    await list(page, history, 'orders');
    await page.locator('#status .error').waitFor();
    expect(await status(page)).toContain('TOKEN_MISSING');
    expect(await rowOf(page, '1 WorkflowExecutionStarted').innerText()).toContain('orders-2026');
    await lookAt(page, 'refused');
    await page.locator('#token').fill(TOKEN);
    await page.getByRole('button', { name: 'Show input.payloads[0], event 1' }).click();
    await page.locator('#content-0').waitFor();
    const text = await page.locator('#content-0').innerText();
    expect(text).toContain('****1234');
    expect(text).not.toMatch(/Anna|4111/);
    await page.context().close();
  });

  it('works by keyboard alone', async () => {
    const { page } = await open();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the inspector');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.id')).toBe('payload');
    await page.evaluate(`document.activeElement.value = ${JSON.stringify(history)}`);
    await page.keyboard.press('Tab');
    await page.keyboard.type('orders');
    for (const id of ['file', 'List the payloads']) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.id || document.activeElement.textContent')).toBe(id);
    }
    await page.keyboard.press('Enter');
    await page.getByText('Nothing was decoded.').waitFor();
    for (const id of ['filter-key', 'filter-text', 'order', 'show-all', 'hide-all']) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.id')).toBe(id);
    }
    await page.keyboard.press('Tab');
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe(
      'Show input.payloads[0], event 1',
    );
    await page.keyboard.press('Space');
    await page.locator('#content-0').waitFor();
    // The button that was pressed still has the keyboard.
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe(
      'Hide input.payloads[0], event 1',
    );
    await page.keyboard.press('Tab');
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe(
      'Content of input.payloads[0], event 1',
    );
    await page.context().close();
  });

  it.each([
    ['no JSON', '{', 'This is not valid JSON.'],
    ['no payload', '{"a":1}', 'There is no payload in it.'],
  ])('says what to paste where there is %s', async (_, pasted, message) => {
    const { page } = await open();
    await list(page, pasted);
    await page.locator('#status').getByText(message).waitFor();
    expect(await page.locator('#results').isHidden()).toBe(true);
    await page.context().close();
  });

  it('takes a file of 10,000 payloads, a page of them at a time, and decodes them all', async () => {
    const notes = Array.from({ length: 10_000 }, (_, index) => `Note ${String(index)} about Ada`);
    const sealed: Payload[] = [];
    // No more than Temporal takes at once.
    for (let at = 0; at < notes.length; at += 1_000) {
      sealed.push(...(await seal(current, ...notes.slice(at, at + 1_000))));
    }
    const file = join(directory, 'history.json');
    await writeFile(file, historyOf(sealed.map(toProtojson)));
    const { page, requests } = await open({ rateLimit: { requestsPerSecond: 50, burst: 500 } });
    await page.locator('#namespace').fill('orders');
    await page.locator('#file').setInputFiles(file);
    await page.getByText('10,000 payloads, 1 key. Nothing was decoded.').waitFor();
    expect(await page.locator('#rows > tr:not(.content)').count()).toBe(100);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('101 to 200 of 10,000').waitFor();
    await page.locator('#filter-text').fill('9876 payloads[0]');
    await page.getByText('1 to 1 of 1').waitFor();
    await page.getByRole('button', { name: 'Show this one' }).click();
    await page.getByText('Note 9875 about Ada').waitFor();
    await page.locator('#filter-text').fill('');
    await page.getByText('1 to 100 of 10,000').waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByText('9,999 of 9,999 payloads are shown.').waitFor();
    expect(await page.locator('#rows pre').count()).toBe(100);
    expect(requests.filter((request) => request === 'POST /decode').length).toBeLessThan(60);
    await page.context().close();
  });

  it('lists what a hostile history names', async () => {
    const name = `\ud800${'\u{1f512}'.repeat(999)}`;
    const [payload] = await seal(current, 'x');
    const sent = toProtojson(payload) as { metadata: Record<string, string> };
    const keyId = Buffer.from('k'.repeat(100_000)).toString('base64');
    const { page, complaints } = await open();
    const hostile = {
      events: [
        { eventId: '1', workflowExecutionStartedEventAttributes: { workflowId: name, [name]: sent } },
        {
          eventId: '2'.repeat(5_000),
          workflowExecutionSignaledEventAttributes: {
            ['<b>'.repeat(50_000)]: { ...sent, metadata: { ...sent.metadata, 'encryption-key-id': keyId } },
          },
        },
      ],
    };
    await list(page, JSON.stringify(hostile), 'orders');
    await page.getByText('2 payloads, 2 keys. Nothing was decoded.').waitFor();
    await page.locator('#keys').getByText('No key has an ID that long.').waitFor();
    expect((await page.locator('#rows').innerText()).length).toBeLessThan(10_000);
    await page.getByRole('button', { name: /^Show .*event 1$/ }).click();
    await page.getByText('The payload is shown.').waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('takes a file that is dropped', async () => {
    const { page } = await open();
    await page.evaluate(`{
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([${JSON.stringify(history)}], 'history.json'));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    }`);
    await page.getByText('5 payloads, 3 keys. Nothing was decoded.').waitFor();
    await page.context().close();
  });

  it('stops when it is told to', async () => {
    const slow = {
      encode: (payloads: Payload[]) => codec.encode(payloads),
      decode: () => new Promise<never>(() => undefined),
    };
    const { page } = await open({ codec: slow });
    await list(page, history, 'orders');
    await page.getByText('Nothing was decoded.').waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('It was stopped.').waitFor();
    expect(await page.getByRole('button', { name: 'Show all' }).isEnabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'Stop' }).isVisible()).toBe(false);
    await page.context().close();
  });
});
