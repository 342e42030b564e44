import type { Browser, Page } from 'playwright-core';
import { required } from './encrypted-order';

/** Who looks at the Web UI, and what is set at the glasses. */
export interface Visitor {
  /** Endpoint of the Codec Server; without it the Web UI decodes nothing. */
  readonly endpoint?: string;
  /** "Pass the user access token". */
  readonly passAccessToken?: boolean;
  /** "Include cross-origin credentials". */
  readonly includeCredentials?: boolean;
  /**
   * What the sign-in of the Web UI leaves behind; without it nobody is signed in, and the Web UI asks for no
   * sign-in.
   */
  readonly signedIn?: { readonly accessToken: string; readonly idToken?: string };
  /** A cookie of the Codec Server's host. */
  readonly cookie?: { readonly name: string; readonly value: string };
  /** Where the Web UI is found; that of the test run unless one is given. */
  readonly webUi?: string;
}

/** An answer of the Codec Server to a POST of the page. */
export interface CodecAnswer {
  readonly status: number;
  /** Path and query. */
  readonly path: string;
  /** The tokens that were sent. */
  readonly authorization: string | undefined;
  readonly extras: string | undefined;
}

/** An open page of the Web UI. */
export interface Visit {
  readonly page: Page;
  /** What the Codec Server has answered so far. */
  readonly answers: readonly CodecAnswer[];
  /** Every text of `texts` that stands in the page's HTML. */
  found(texts: readonly string[]): Promise<string[]>;
  close(): Promise<void>;
}

/** Version 1 and suite 1 in base64: the beginning of an envelope. */
export const CIPHERTEXT = /AQ[E-H][A-Za-z0-9+/]{60}/;

/**
 * Opens a page of the test run's Web UI as a new visitor.
 *
 * @param path below the namespace, such as `workflows/<id>/<run>/history`
 */
export async function visitWebUi(browser: Browser, path: string, visitor: Visitor = {}): Promise<Visit> {
  const { endpoint, cookie } = visitor;
  const context = await browser.newContext({
    viewport: { width: 1400, height: 1600 },
    // The authority of the tests is not among those of the browser.
    ignoreHTTPSErrors: endpoint?.startsWith('https:') === true,
  });
  if (endpoint !== undefined && cookie !== undefined) {
    const { hostname: domain } = new URL(endpoint);
    await context.addCookies([{ ...cookie, domain, path: '/', httpOnly: true, sameSite: 'Lax' }]);
  }
  await context.addInitScript((values: Record<string, unknown>) => {
    const { localStorage } = globalThis as unknown as {
      localStorage: { setItem(key: string, value: string): void };
    };
    for (const [key, value] of Object.entries(values)) localStorage.setItem(key, JSON.stringify(value));
  }, storageOf(visitor));
  const page = await context.newPage();
  if (visitor.signedIn !== undefined) await enableSignIn(page);
  const answers: CodecAnswer[] = [];
  if (endpoint !== undefined) collect(page, new URL(endpoint).origin, answers);
  const namespace = required('WAXSEAL_TEST_TEMPORAL_NAMESPACE');
  const { webUi = required('WAXSEAL_TEST_TEMPORAL_UI') } = visitor;
  await page.goto(`${webUi}/namespaces/${namespace}/${path}`);
  return {
    page,
    answers,
    found: async (texts) => {
      const html = await page.content();
      return texts.filter((text) => html.includes(text));
    },
    close: () => context.close(),
  };
}

/** Runs the query that the Web UI preselects, the first that the workflow says it has. */
export async function runFirstQuery(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const { document } = globalThis as unknown as {
      document: { querySelector(selector: string): { readonly value: string } | null };
    };
    const { value = '' } = document.querySelector('#query-select') ?? {};
    return value !== '' && !value.startsWith('__');
  });
  await page.getByRole('button', { name: 'Run Query' }).click();
}

/** The keys that the Web UI keeps its settings and its login under (2.42 to 2.54). */
function storageOf(visitor: Visitor): Record<string, unknown> {
  const { endpoint, passAccessToken = false, includeCredentials = false, signedIn } = visitor;
  const user = { name: 'Alice', email: 'alice@example.com', picture: '' };
  return {
    ...(endpoint === undefined
      ? {}
      : { endpoint, passAccessToken, includeCredentials, overrideRemoteCodecConfiguration: true }),
    ...(signedIn === undefined ? {} : { AuthUser: { ...user, ...signedIn } }),
  };
}

/**
 * Says what a server of the Web UI with OpenID Connect says of itself: the one of the test run has no
 * sign-in, and a page that hears so forgets who is signed in.
 */
async function enableSignIn(page: Page): Promise<void> {
  await page.route('**/api/v1/settings*', async (route) => {
    const response = await route.fetch();
    const settings = (await response.json()) as Record<string, unknown>;
    await route.fulfill({ response, json: { ...settings, Auth: { Enabled: true, Options: [] } } });
  });
}

function collect(page: Page, origin: string, answers: CodecAnswer[]): void {
  page.on('response', (response) => {
    const { pathname, search, origin: asked } = new URL(response.url());
    const request = response.request();
    if (asked !== origin || request.method() !== 'POST') return;
    const { authorization, 'authorization-extras': extras } = request.headers();
    answers.push({ status: response.status(), path: `${pathname}${search}`, authorization, extras });
  });
}
