import { createHash } from 'node:crypto';
import { IssuerUnavailableError } from '../auth/issuer-requests';
import type { SignIn } from '../auth/resolve-access-control';
import type { ResolvedOptions } from '../options/resolve-options';
import type { Answer } from '../server-request';
import { html } from './html';
import { PAGE_SCRIPT, PAGE_STYLE } from './page-assets';
import { pageBody, type SignInProvider } from './page-body';

/**
 * The page at `/`: what this is, whether it is well, how to point the Web UI and the CLI at it, and an
 * inspector of payloads. It holds nothing of the configuration but whether it is asked who makes a request,
 * and how to sign in.
 *
 * @param requestId of the request that is answered, for the log
 */
export async function statusPage(options: ResolvedOptions, requestId: string): Promise<Answer> {
  const { accessControl, basePath } = options;
  const base = `/${basePath.map((segment) => `${encodeURIComponent(segment)}/`).join('')}`;
  const providers = await Promise.all(
    (accessControl?.signIns ?? []).map((signIn) =>
      providerOf(signIn, (error) => {
        const message = `The page offers no sign-in. ${error.message}`;
        options.onError(error, { requestId, status: 200, code: 'ISSUER_UNAVAILABLE', message });
      }),
    ),
  );
  const page = html`<!doctype html>
    <html lang="en" data-base="${base}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>Waxseal Codec Server</title>
        <style></style>
      </head>
      <body>
        ${pageBody({ isOpen: accessControl === undefined, providers, version: VERSION })}
        <script></script>
      </body>
    </html>`;
  const body = page.text
    .replace('<style></style>', () => `<style>${PAGE_STYLE}</style>`)
    .replace('<script></script>', () => `<script>${PAGE_SCRIPT}</script>`);
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=UTF-8',
      'content-security-policy': contentSecurityPolicy(providers),
    },
    body,
  };
}

/** What the page is told of an issuer; without endpoints where it cannot be asked at present. */
async function providerOf(
  { issuer, settings, token, discovery }: SignIn,
  onUnavailable: (error: IssuerUnavailableError) => void,
): Promise<SignInProvider> {
  const endpoints = await discovery.signInEndpoints().catch((error: unknown) => {
    if (!(error instanceof IssuerUnavailableError)) throw error;
    onUnavailable(error);
    return undefined;
  });
  return { issuer, ...settings, token, ...(endpoints === undefined ? {} : { endpoints }) };
}

// A bundler puts it in; as an import, the compiler would look for it among the sources.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { version: VERSION } = require('../../package.json') as { readonly version: string };

function contentSecurityPolicy(providers: readonly SignInProvider[]): string {
  const origins = providers.flatMap(({ endpoints }) =>
    endpoints === undefined ? [] : [new URL(endpoints.token).origin],
  );
  return [
    "default-src 'none'",
    `style-src '${STYLE_HASH}'`,
    `script-src '${SCRIPT_HASH}'`,
    ['connect-src', "'self'", ...new Set(origins)].join(' '),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const [STYLE_HASH, SCRIPT_HASH] = [hashOf(PAGE_STYLE), hashOf(PAGE_SCRIPT)];

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}
