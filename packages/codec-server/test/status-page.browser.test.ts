import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { EnvelopeCodec, Keyring, KeyServiceError } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import type { Browser } from 'playwright-core';
import { describeInBrowser, launchBrowser } from '@waxseal/test-support/browser';
import { version } from '../package.json';
import {
  createCodecServer,
  keyReadiness,
  listen,
  type CodecServerOptions,
  type ListeningCodecServer,
} from '../src';
import { lookAt, openPage, type OpenPage } from './support/status-page';

let browser: Browser;
const servers: ListeningCodecServer[] = [];

/** A key whose service refuses, or does not answer. */
class FailingKey extends LocalKey {
  readonly #reason: 'disabled' | 'unavailable';

  constructor(id: string, reason: 'disabled' | 'unavailable') {
    super({ id, key: randomBytes(32) });
    this.#reason = reason;
  }

  override describe(): Promise<never> {
    return Promise.reject(new KeyServiceError(this.id, this.#reason));
  }
}

const keyring = new Keyring({
  primary: new LocalKey({ id: 'orders-2026', key: randomBytes(32) }),
  decryptOnly: [new FailingKey('orders-2025', 'disabled'), new FailingKey('orders-2024', 'unavailable')],
});
const codec = new EnvelopeCodec({ keyring });

async function open(options: Partial<CodecServerOptions> = {}): Promise<OpenPage & { url: string }> {
  const readiness = keyReadiness([keyring]);
  const server = await listen(createCodecServer({ codec, readiness, ...options }), { port: 0 });
  servers.push(server);
  return { ...(await openPage(browser, `${server.url}${options.basePath ?? ''}/`)), url: server.url };
}

const GUARDED: Partial<CodecServerOptions> = {
  auth: [
    {
      type: 'bearer',
      tokens: [
        {
          principal: 'support',
          token: 'a-token-of-32-characters-or-more-0123456789',
          may: [{ namespaces: ['orders'], operations: ['decode'] }],
        },
      ],
    },
  ],
};

describeInBrowser('the page at /', () => {
  beforeAll(async () => {
    browser = await launchBrowser();
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await Promise.all(servers.map((server) => server.close()));
    codec.close();
  });

  it('says what it is, its version, whether it is ready, and where to read on', async () => {
    const { page, complaints, requests } = await open();
    await page.getByText('It is ready: keys can be used.').waitFor();
    expect(await page.locator('h1').innerText()).toBe(`Waxseal Codec Server ${version}`);
    const links = await page.locator('nav a').evaluateAll((all) => all.map(String));
    const origin = new URL(page.url()).origin;
    expect(links).toEqual([
      'https://waxseal.github.io/waxseal/codec-server',
      `${origin}/openapi.json`,
      `${origin}/readyz`,
    ]);
    await page.getByText('There is no authentication').waitFor();
    await lookAt(page, 'ready');
    expect(complaints).toEqual([]);
    expect(requests).toEqual(['GET /', 'GET /readyz']);
    await page.context().close();
  });

  it('names no key, and says of one that the reader names whether it can be used, and why not', async () => {
    const { page } = await open();
    expect(await page.content()).not.toContain('orders-2026');
    for (const [keyId, said] of [
      ['orders-2026', 'It is configured here and can be used.'],
      ['orders-2025', 'its key service refuses: a right is missing, or the key is disabled or gone.'],
      ['orders-2024', 'its key service does not answer.'],
      ['<b>other</b>', 'It is not configured here'],
    ] as const) {
      await page.locator('#key').fill(keyId);
      await page.locator('#key').press('Enter');
      await page.locator('#key-answer').getByText(said).waitFor();
    }
    await lookAt(page, 'unknown-key');
    await page.context().close();
  });

  it('says that keys cannot be used, and when they can again', async () => {
    let isReady = false;
    const { page } = await open({ readiness: () => isReady });
    await page.getByText('It is not ready: no key can be used.').waitFor();
    await lookAt(page, 'not-ready');
    isReady = true;
    await page.getByRole('button', { name: 'Ask again' }).click();
    await page.getByText('It is ready: keys can be used.').waitFor();
    await page.locator('#key').fill('orders-2026');
    await page.locator('#key').press('Enter');
    await page.getByText('This server does not tell of single keys.').waitFor();
    await page.context().close();
  });

  it('says that it does not answer', async () => {
    const { page } = await open();
    await page.getByText('It is ready').waitFor();
    await page.route('**/readyz', (route) => route.abort());
    await page.getByRole('button', { name: 'Ask again' }).click();
    await page.getByText('It does not answer.').waitFor();
    await page.context().close();
  });

  it('copies its endpoint under the base path, and a command with the namespace of the reader', async () => {
    const { page, url } = await open({ ...GUARDED, basePath: '/codec/api' });
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const copied = () => page.evaluate<string>('navigator.clipboard.readText()');
    await page.getByRole('button', { name: 'Copy the endpoint' }).click();
    await page.getByText('Copied', { exact: true }).waitFor();
    expect(await copied()).toBe(`${url}/codec/api`);
    await page.locator('#cli-namespace').fill("it's ours");
    await page.getByRole('button', { name: 'Copy the command' }).click();
    await page
      .locator('.copied', { has: page.locator('#cli') })
      .getByText('Copied', { exact: true })
      .waitFor();
    expect(await copied()).toBe(
      `temporal workflow show --namespace 'it'\\''s ours' --workflow-id WORKFLOW_ID --codec-endpoint ${url}/codec/api --codec-auth "Bearer $CODEC_TOKEN"`,
    );
    expect(await page.locator('#namespace').inputValue()).toBe("it's ours");
    await page.context().close();
  });

  it('copies without a clipboard, as over HTTP from another machine', async () => {
    const { page } = await open();
    await page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
    await page.locator('#cli-namespace').fill('orders');
    await page.getByRole('button', { name: 'Copy the command' }).click();
    await page.getByText('Copied', { exact: true }).waitFor();
    await page.locator('#payload').focus();
    await page.keyboard.press('ControlOrMeta+V');
    expect(await page.locator('#payload').inputValue()).toContain('--namespace orders --workflow-id');
    await page.context().close();
  });
});
