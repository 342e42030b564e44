import { createHash } from 'node:crypto';
import type { ResolvedOptions } from '../options/resolve-options';
import type { Answer } from '../server-request';
import { html } from './html';
import { PAGE_SCRIPT, PAGE_STYLE } from './page-assets';
import { pageBody } from './page-body';

/**
 * The page at `/`: what this is, whether it is well, how to point the Web UI and the CLI at it, and an
 * inspector of payloads. It holds nothing of the configuration but whether it is asked who makes a request.
 */
export function statusPage({ accessControl, basePath }: ResolvedOptions): Answer {
  const base = `/${basePath.map((segment) => `${encodeURIComponent(segment)}/`).join('')}`;
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
        ${pageBody({ isOpen: accessControl === undefined, version: VERSION })}
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
      'content-security-policy': contentSecurityPolicy(),
    },
    body,
  };
}

// A bundler puts it in; as an import, the compiler would look for it among the sources.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { version: VERSION } = require('../../package.json') as { readonly version: string };

function contentSecurityPolicy(): string {
  return [
    "default-src 'none'",
    `style-src '${hashOf(PAGE_STYLE)}'`,
    `script-src '${hashOf(PAGE_SCRIPT)}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}
