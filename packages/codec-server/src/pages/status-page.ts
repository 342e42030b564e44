import { createHash } from 'node:crypto';
import type { ResolvedOptions } from '../options/resolve-options';
import { PAGE_SCRIPT } from './page-script';

/** A page, and what the browser is told it may do. */
interface StatusPage {
  readonly html: string;
  readonly contentSecurityPolicy: string;
}

/**
 * The page at `/`: what this is, whether it is well, how to point the Web UI and the CLI at it, and a form to
 * look at a payload. It holds nothing of the configuration but whether it is asked who makes a request.
 */
export function statusPage({ accessControl, basePath }: ResolvedOptions): StatusPage {
  const isOpen = accessControl === undefined;
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
        <main>
          <h1>Waxseal Codec Server</h1>
          <p>
            It decrypts payloads of <a href="https://temporal.io">Temporal</a> for people who may see them.
            The Web UI and the <code>temporal</code> command ask it; the keys stay here.
          </p>
          <p class="state" id="state" role="status">Asking whether it is ready…</p>
          <p>
            ${
              isOpen
                ? 'There is no authentication: whoever reaches this address can decrypt.'
                : 'Every request must say who makes it, and for which namespace.'
            }
          </p>

          <h2>Point the Web UI at it</h2>
          <ol>
            <li>Click the glasses at the top right, “Configure Codec Server”.</li>
            <li>
              Enter
              <code class="endpoint"></code
              >${isOpen ? '' : ', and let it pass the access token or include cross-origin credentials, as your administrator says'}.
            </li>
            <li>The origin of the Web UI must be on this server’s list of allowed origins.</li>
          </ol>

          <h2>Point the CLI at it</h2>
          <pre><code>temporal workflow show --workflow-id … --namespace … --codec-endpoint <span class="endpoint"></span>${isOpen ? '' : ' --codec-auth "Bearer $CODEC_TOKEN"'}</code></pre>

          <h2>Look at a payload</h2>
          <form id="form" autocomplete="off">
            <label for="payload">Payload, or any JSON that holds payloads, such as a history</label>
            <textarea
              id="payload"
              rows="6"
              spellcheck="false"
              required
              placeholder='{"metadata":{"encoding":"…"},"data":"…"}'
            ></textarea>
            <div class="fields">
              <div>
                <label for="namespace">Namespace</label>
                <input id="namespace" spellcheck="false" ${isOpen ? '' : 'required'} />
              </div>
              <div ${isOpen ? 'hidden' : ''}>
                <label for="token">Token, if you have one</label>
                <input id="token" type="password" spellcheck="false" autocomplete="off" />
              </div>
            </div>
            <button>Show</button>
          </form>
          <section id="result" aria-live="polite"></section>

          <footer>
            <a class="relative" data-path="openapi.json">OpenAPI</a> ·
            <a class="relative" data-path="readyz">Readiness</a>
          </footer>
        </main>
        <script></script>
      </body>
    </html>`;
  const text = page
    .replace('<style></style>', () => `<style>${PAGE_STYLE}</style>`)
    .replace('<script></script>', () => `<script>${PAGE_SCRIPT}</script>`);
  return { html: text, contentSecurityPolicy: contentSecurityPolicy() };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A page of HTML, the values in it escaped, for text and for attributes in quotation marks. */
function html({ raw }: TemplateStringsArray, ...values: readonly string[]): string {
  const escaped = values.map((value) => value.replace(/[&<>"']/g, (found) => ENTITIES[found] ?? ''));
  return String.raw({ raw }, ...escaped);
}

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

/** Style of the page at `/`. Its hash is in the Content-Security-Policy. */
const PAGE_STYLE = `
:root { color-scheme: light dark; --line: #8886; --soft: #8881; --good: #1a7f37; --bad: #cf222e; }
@media (prefers-color-scheme: dark) { :root { --good: #4ac26b; --bad: #ff8182; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 50rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
code, pre, textarea, input { font: .875rem/1.5 ui-monospace, monospace; }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: .75rem; white-space: pre-wrap; overflow-wrap: anywhere; margin: .5rem 0; }
.state { border-left: 4px solid var(--line); padding-left: .75rem; font-weight: 600; }
.state.good { border-color: var(--good); }
.state.bad { border-color: var(--bad); }
label { display: block; font-size: .875rem; margin: .75rem 0 .25rem; }
textarea, input { width: 100%; padding: .5rem; border: 1px solid var(--line); border-radius: 6px; }
textarea { resize: vertical; }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 0 1rem; align-items: end; }
@media (max-width: 40rem) { .fields { grid-template-columns: 1fr; } }
[hidden] { display: none; }
button { margin-top: 1rem; padding: .5rem 1.25rem; font: inherit; font-weight: 600; border: 1px solid var(--line); border-radius: 6px; cursor: pointer; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .5rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { width: 9rem; font-weight: 600; font-size: .875rem; }
.error { border-left: 4px solid var(--bad); padding-left: .75rem; }
footer { margin-top: 3rem; font-size: .875rem; }
`;
