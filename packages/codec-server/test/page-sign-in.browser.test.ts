import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { freePort } from '@waxseal/bring-up';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import type { Browser, Page } from 'playwright-core';
import { jsonPayload, toProtojson } from '@waxseal/test-support';
import { describeInBrowser, launchBrowser } from '@waxseal/test-support/browser';
import {
  createCodecServer,
  listen,
  type AuditRecord,
  type JwtAuthenticatorOptions,
  type ListeningCodecServer,
} from '../src';
import { RESOURCE, startOpenIdProvider, type OpenIdProvider } from './support/open-id-provider';
import { list, lookAt, openPage, type OpenPage } from './support/status-page';

const CARD = '4111111111111234';
const codec = new EnvelopeCodec({
  keyring: new Keyring({ primary: new LocalKey({ id: 'orders', key: randomBytes(32) }) }),
});
const records: AuditRecord[] = [];

let browser: Browser;
let sealed: string;
let provider: OpenIdProvider | undefined;
let server: ListeningCodecServer | undefined;

/** What a test varies. */
interface Set {
  readonly entry?: Partial<JwtAuthenticatorOptions>;
  readonly allowsOrigin?: boolean;
  readonly tokenSeconds?: number;
}

/** Opens the page of a server whose people sign in at a provider. */
async function open({ entry, ...options }: Set = {}): Promise<OpenPage> {
  const port = await freePort();
  const redirectUri = `http://127.0.0.1:${String(port)}/`;
  provider = await startOpenIdProvider({ redirectUri, ...options });
  const { issuer } = provider;
  const signIn = { clientId: 'codec-page', scope: 'openid email', parameters: { resource: RESOURCE } };
  server = await listen(
    createCodecServer({
      codec,
      audit: (record) => {
        records.push(record);
      },
      auth: [{ type: 'jwt', issuer, audience: RESOURCE, signIn, clockTolerance: 0, ...entry }],
      authorize: [{ principals: ['alice'], namespaces: ['orders'], operations: ['decode'] }],
    }),
    { port },
  );
  return openPage(browser, redirectUri);
}

const button = (page: Page) => page.getByRole('button', { name: /^Sign in with 127\.0\.0\.1/ });
const who = (page: Page) => page.locator('#who');

/** Signs in at the provider, and comes back. */
async function signIn(page: Page, name: string): Promise<void> {
  const { host } = new URL(page.url());
  await button(page).click();
  await page.locator('input[name=login]').fill(name);
  await page.locator('input[name=password]').fill('of no matter');
  await page.locator('button[type=submit]').click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL((url) => url.host === host);
}

describeInBrowser('signing in on the page at /', () => {
  beforeAll(async () => {
    const context = { type: 'workflow', namespace: 'orders', workflowId: 'order-1' } as const;
    const [payload] = await codec.encode([jsonPayload(CARD)], context);
    sealed = JSON.stringify(toProtojson(payload));
    browser = await launchBrowser();
  }, 60_000);

  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await server?.close();
    await provider?.stop();
    records.length = 0;
  });

  afterAll(async () => {
    await browser.close();
    codec.close();
  });

  it('decodes payloads as that person, whom the audit log names, until they sign out', async () => {
    const { page, complaints } = await open();
    await who(page).getByText('You are not signed in.').waitFor();
    await lookAt(page, 'signed-out');
    await signIn(page, 'alice');
    await who(page).getByText('You are signed in as alice@example.com until ').waitFor();
    await list(page, sealed, 'orders');
    await page.getByText('Nothing was decoded.').waitFor();
    await page.getByRole('button', { name: 'Show the payload' }).click();
    await page.getByText(CARD).waitFor();
    await lookAt(page, 'signed-in');
    const decoded = records.filter(({ operation }) => operation === 'decode');
    expect(decoded).toMatchObject([
      {
        principal: 'alice',
        issuer: provider?.issuer,
        method: 'jwt',
        namespace: 'orders',
        outcome: 'allowed',
      },
    ]);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await who(page).getByText('You are signed out of this page.').waitFor();
    await page.getByRole('button', { name: 'Hide the payload' }).click();
    await page.getByRole('button', { name: 'Show the payload' }).click();
    await page.locator('#status').getByText('TOKEN_MISSING').waitFor();
    expect(complaints).toEqual([]);
  }, 120_000);

  it('leaves neither code nor token in the address, the storage or the text of the page', async () => {
    const { page } = await open();
    const tokens: string[] = [];
    page.on('response', (response) => {
      if (new URL(response.url()).pathname !== '/token') return;
      void response.json().then((answer: Record<string, string>) => {
        tokens.push(answer['access_token'] ?? '', answer['id_token'] ?? '');
      });
    });
    await signIn(page, 'alice');
    await who(page).getByText('You are signed in as alice@example.com').waitFor();
    expect(new URL(page.url()).search).toBe('');
    expect(await page.evaluate('[sessionStorage.length, localStorage.length, document.cookie]')).toEqual([
      0,
      0,
      '',
    ]);
    expect(tokens.map((token) => token.split('.').length)).toEqual([3, 3]);
    const html = await page.content();
    expect(tokens.filter((token) => html.includes(token))).toEqual([]);
    await page.reload();
    await who(page).getByText('You are not signed in.').waitFor();
  });

  it('lets nobody in whom no rule lets in', async () => {
    const { page } = await open();
    await signIn(page, 'mallory');
    await who(page).getByText('You are signed in as mallory@example.com').waitFor();
    await list(page, sealed, 'orders');
    await page.locator('#status').getByText('ACCESS_DENIED').waitFor();
    expect(records).toMatchObject([{ principal: 'mallory', outcome: 'refused' }]);
  });

  it('sends the ID token where that is configured', async () => {
    const { page } = await open({ entry: { from: 'authorization-extras', audience: 'codec-page' } });
    await signIn(page, 'alice');
    await list(page, sealed, 'orders');
    await page.getByText('Nothing was decoded.').waitFor();
    expect(records).toMatchObject([{ principal: 'alice', method: 'jwt-extras' }]);
  });

  it('says when it has expired, and offers to sign in again', async () => {
    const { page } = await open({ tokenSeconds: 6 });
    await signIn(page, 'alice');
    await who(page).getByText('You are signed in as alice').waitFor();
    await who(page).getByText('Your sign-in has expired at ').waitFor();
    await lookAt(page, 'expired');
    await button(page).click();
    // The provider still knows who it is, and asks whether to go on.
    await page.getByRole('button', { name: 'Continue' }).click();
    await who(page).getByText('You are signed in as alice').waitFor();
  }, 120_000);

  it('says what to configure where the issuer lets no page of this origin fetch tokens', async () => {
    const { page } = await open({ allowsOrigin: false });
    await signIn(page, 'alice');
    await who(page).getByText('does not let this page fetch a token').waitFor();
    expect(await who(page).innerText()).toContain(`origin ${new URL(page.url()).origin} (CORS)`);
    await lookAt(page, 'sign-in-failed');
    expect(await button(page).isVisible()).toBe(true);
  }, 120_000);

  it('says what to configure where the access token is for the issuer only', async () => {
    const clientId = 'codec-page';
    const { page } = await open({ entry: { signIn: { clientId } } });
    await signIn(page, 'alice');
    await who(page).getByText('gave an access token that only it can read').waitFor();
  });

  it('says why the issuer refuses', async () => {
    const { page } = await open();
    await button(page).click();
    await page.getByText('[ Cancel ]').click();
    await who(page).getByText('refused the sign-in (access_denied)').waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  });

  it.each([
    ['that was not begun', (): string => '/?code=stolen&state=other'],
    ['of another state', (url: URL): string => `/?code=stolen&state=x${url.searchParams.get('state') ?? ''}`],
    [
      'of another issuer',
      (url: URL): string =>
        `/?code=stolen&state=${url.searchParams.get('state') ?? ''}&iss=https://evil.example`,
    ],
    [
      'that does not say of which issuer',
      (url: URL): string => `/?code=stolen&state=${url.searchParams.get('state') ?? ''}`,
    ],
  ])('takes no answer %s', async (_, answer) => {
    const { page, requests } = await open();
    const own = new URL(page.url());
    const asked = page.waitForRequest((request) => request.url().includes('/auth?'));
    await page.route('**/auth?*', (route) => route.fulfill({ status: 204 }));
    await button(page).click();
    const authorization = new URL((await asked).url());
    expect(authorization.searchParams.get('code_challenge_method')).toBe('S256');
    await page.goto(new URL(answer(authorization), own).href);
    await who(page)
      .getByText(/is no answer to a sign-in that was begun|is of another issuer/)
      .waitFor();
    expect(new URL(page.url()).search).toBe('');
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
    expect(requests).not.toContain('POST /token');
  });

  it('may ask the token endpoint, and nobody else', async () => {
    const { page } = await open();
    const policy = (await page.reload())?.headers()['content-security-policy'] ?? '';
    expect(policy).toContain(`connect-src 'self' ${provider?.issuer ?? ''};`);
    const asked = await page.evaluate("fetch('http://localhost:1/').catch((error) => error.name)");
    expect(asked).toBe('TypeError');
  });

  it('is not offered with endpoints that the issuer does not name at present', async () => {
    const { page } = await open();
    await provider?.stop();
    const port = await freePort();
    const other = await listen(
      createCodecServer({
        codec,
        auth: [
          {
            type: 'jwt',
            issuer: `http://127.0.0.1:${String(port)}`,
            audience: 'a',
            signIn: { clientId: 'codec-page' },
          },
        ],
        authorize: [{ principals: ['*'], namespaces: ['*'], operations: ['decode'] }],
      }),
      { port: 0 },
    );
    const response = await page.goto(`${other.url}/`);
    expect(response?.headers()['content-security-policy']).toContain("connect-src 'self';");
    await button(page).click();
    await who(page).getByText('does not answer the server at present').waitFor();
    await other.close();
  });
});
