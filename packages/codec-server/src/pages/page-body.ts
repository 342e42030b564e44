import type { SignInEndpoints } from '../auth/issuer-discovery';
import type { SignInSettings } from '../auth/jwt-options';
import { DOCUMENTATION } from '../request-error';
import { type Html, html } from './html';

/** An issuer at which people can sign in. All of it is public: every client that signs in has it. */
export interface SignInProvider extends SignInSettings {
  readonly issuer: string;
  /** Which of the tokens is sent to this server. */
  readonly token: 'access' | 'id';
  /** Undefined where the issuer cannot be asked at present. */
  readonly endpoints?: SignInEndpoints;
}

/** What the page is made for. */
export interface PageFacts {
  /** Whether anybody may decode who reaches the server. */
  readonly isOpen: boolean;
  readonly version: string;
  readonly providers: readonly SignInProvider[];
}

/** The body of the page at `/`; its script fills in addresses and answers. */
export function pageBody({ isOpen, version, providers }: PageFacts): Html {
  return html`
    <a class="skip" href="#inspect">Skip to the inspector</a>
    <header>
      <h1>Waxseal Codec Server <span class="version">${version}</span></h1>
      <p class="lead">
        It decrypts payloads of <a href="https://temporal.io">Temporal</a> for people who may see them. The
        Web UI and the <code>temporal</code> command ask it; the keys stay here.
      </p>
      <nav aria-label="About this server">
        <ul>
          <li><a href="${DOCUMENTATION}">Documentation</a></li>
          <li><a data-path="openapi.json">OpenAPI</a></li>
          <li><a data-path="readyz">Readiness</a></li>
        </ul>
      </nav>
    </header>
    <main>
      ${health(isOpen)} ${isOpen ? NOTHING : signIn(providers)} ${webUi(isOpen)} ${cli(isOpen)}
      ${inspector(isOpen)}
    </main>
    <footer>
      <p>What you give this page goes to this server only, and the page forgets it when it is closed.</p>
    </footer>
  `;
}

const NOTHING = html``;

function health(isOpen: boolean): Html {
  return html`<section aria-labelledby="health-title">
    <h2 id="health-title">Health</h2>
    <p class="state" id="state" role="status">Asking whether it is ready…</p>
    <div id="state-again"></div>
    <p>
      ${
        isOpen
          ? html`There is no authentication: whoever reaches this address can decrypt.`
          : html`Every request must say who makes it, and for which namespace.`
      }
    </p>
    <form id="key-form" autocomplete="off">
      <label for="key">Can a key be used? Its ID, as payloads name it</label>
      <div class="line"><input id="key" spellcheck="false" required /> <button>Ask</button></div>
    </form>
    <div id="key-answer" role="status"></div>
  </section>`;
}

function signIn(providers: readonly SignInProvider[]): Html {
  const canSignIn = providers.length > 0;
  return html`<section aria-labelledby="sign-in-title">
    <h2 id="sign-in-title">Who you are</h2>
    ${
      canSignIn
        ? html`<div id="sign-in" data-providers="${JSON.stringify(providers)}">
            <p class="state" id="who" role="status">You are not signed in.</p>
            <div class="actions" id="sign-in-actions"></div>
            <p class="note">
              Signing in leaves this page and comes back: do it before you paste anything. Its tokens are kept
              by the page until it is closed.
            </p>
          </div>`
        : NOTHING
    }
    <label for="token">${canSignIn ? 'Or a token' : 'Token, if you have one'}</label>
    <input id="token" type="password" spellcheck="false" autocomplete="off" aria-describedby="token-note" />
    <p class="note" id="token-note">
      An access token, or a static token. The page keeps it until it is closed.
    </p>
  </section>`;
}

function webUi(isOpen: boolean): Html {
  return html`<section aria-labelledby="web-ui-title">
    <h2 id="web-ui-title">Point the Web UI at it</h2>
    <ol>
      <li>Press the glasses at the top right, “Configure Codec Server”.</li>
      <li>Choose “Use my browser setting and ignore Cluster-level setting”.</li>
      <li>
        Enter this endpoint,
        ${
          isOpen
            ? html`leave both switches off,`
            : html`turn on “Pass the user access token” or “Include cross-origin credentials”, as your
              administrator says,`
        }
        press “Apply”, and load the page again.
        <div class="copied">
          <code class="endpoint" id="endpoint"></code>
          <button type="button" data-copy="endpoint" aria-label="Copy the endpoint">Copy</button>
        </div>
      </li>
    </ol>
    <p class="note">
      The origin of the Web UI, as its address bar shows it, must be on this server’s list of allowed origins
      (<code>--allow-origin</code>).
    </p>
  </section>`;
}

function cli(isOpen: boolean): Html {
  return html`<section aria-labelledby="cli-title" class="${isOpen ? 'wide' : ''}">
    <h2 id="cli-title">Point the CLI at it</h2>
    <label for="cli-namespace">Your namespace</label>
    <input id="cli-namespace" spellcheck="false" autocomplete="off" />
    <div class="copied">
      <pre
        id="cli"
        tabindex="0"
        role="region"
        aria-label="Command for the CLI"
      >temporal workflow show <span class="word">--namespace <span id="cli-namespace-shown">YOUR_NAMESPACE</span></span> <span class="word">--workflow-id WORKFLOW_ID</span> <span class="word">--codec-endpoint <span class="endpoint"></span></span>${
        isOpen ? NOTHING : html` <span class="word">--codec-auth "Bearer $CODEC_TOKEN"</span>`
      }</pre>
      <button type="button" data-copy="cli" aria-label="Copy the command">Copy</button>
    </div>
    <p class="note">
      ${
        isOpen
          ? html`For all commands of a shell: <code>TEMPORAL_CODEC_ENDPOINT</code>.`
          : html`For all commands of a shell: <code>TEMPORAL_CODEC_ENDPOINT</code> and
              <code>TEMPORAL_CODEC_AUTH</code>, which other users of the machine cannot see.`
      }
    </p>
  </section>`;
}

function inspector(isOpen: boolean): Html {
  return html`<section id="inspect" aria-labelledby="inspect-title" tabindex="-1">
    <h2 id="inspect-title">Inspect payloads</h2>
    <form id="inspect-form" autocomplete="off">
      <label for="payload">A history, or any JSON that holds payloads</label>
      <textarea id="payload" rows="5" spellcheck="false" required aria-describedby="payload-note"></textarea>
      <p class="note" id="payload-note">
        As <code>temporal workflow show --output json</code>, an SDK or the download of the Web UI writes it.
        Nothing is decoded before you ask for it.
      </p>
      <div class="fields">
        <div>
          <label for="namespace">Namespace of the payloads</label>
          <input id="namespace" spellcheck="false" ${isOpen ? NOTHING : html`required`} />
        </div>
        <div>
          <label for="file">Or a file, which you can also drop here</label>
          <input id="file" type="file" accept=".json,application/json" />
        </div>
      </div>
      <div class="actions"><button class="main">List the payloads</button></div>
    </form>
    <div id="status" role="status"></div>
    <div id="results" hidden>
      <h3>Keys</h3>
      <dl id="keys"></dl>
      <p class="error" id="more" hidden>There are more payloads in it than are listed.</p>
      <h3>Payloads</h3>
      <div class="fields">
        <div>
          <label for="filter-key">Key</label>
          <select id="filter-key"></select>
        </div>
        <div>
          <label for="filter-text">Words in any column, or in shown content</label>
          <input id="filter-text" type="search" spellcheck="false" autocomplete="off" />
        </div>
        <div>
          <label for="order">Order</label>
          <select id="order">
            <option value="event">As in the history</option>
            <option value="size">Largest first</option>
            <option value="key">By key</option>
          </select>
        </div>
      </div>
      <div class="actions">
        <button type="button" class="main" id="show-all">Show all</button>
        <button type="button" id="hide-all">Hide all</button>
        <button type="button" id="stop" hidden>Stop</button>
        <span class="note" id="progress"></span>
      </div>
      <table id="table" role="table">
        <caption id="table-place"></caption>
        <thead role="rowgroup">
          <tr role="row">
            ${COLUMNS.map((name) => html`<th scope="col" role="columnheader">${name}</th>`)}
          </tr>
        </thead>
        <tbody id="rows" role="rowgroup"></tbody>
      </table>
      <div class="actions" id="pages">
        <button type="button" id="previous">Previous</button>
        <button type="button" id="next">Next</button>
      </div>
    </div>
  </section>`;
}

const COLUMNS = ['Event', 'Field', 'Key', 'Size', 'Bound to', 'State', 'Content'];
