import { createHash } from 'node:crypto';
import { clipped, html, Markup, many, moment } from './markup';
import { blockersByKey } from './usage-blockers';
import { timeToSafety, useOverTime } from './usage-charts';
import { incompleteness, limits, scope } from './usage-limits';
import { USAGE_PAGE_STYLE } from './usage-page-style';
import type { UsageReport } from './usage-report';
import { keysTable, otherTable } from './usage-tables';
import { headline, numberedKeys, tally, verdicts } from './usage-verdicts';

/** Characters of the namespace, or of where else the report is from, in a heading. */
const LONGEST_PLACE = 200;

/**
 * A report as one HTML document, for who decides when a key may be switched off. It holds all that it
 * shows, has no script, and may load nothing. Whatever the report says is shown as text.
 */
export function usagePage(report: UsageReport): string {
  const keys = numberedKeys(report);
  const sections: readonly Section[] = [
    { id: 'verdicts', heading: 'When each key may be switched off', content: verdicts(keys, report) },
    { id: 'limits', heading: 'What this report cannot tell', content: limits(report) },
    { id: 'keys', heading: 'Keys', content: keys.length === 0 ? html`<p>None.</p>` : keysTable(keys) },
    { id: 'use', heading: 'Use over time', content: useOverTime(keys, report) },
    { id: 'blockers', heading: 'What keeps keys needed', content: blockersByKey(keys, report) },
    { id: 'timeline', heading: 'The way to the date', content: timeToSafety(keys, report) },
    { id: 'others', heading: 'Under no known key', content: others(report) },
    { id: 'scope', heading: 'What was looked at', content: scope(report) },
  ];
  const incomplete = report.complete ? undefined : html` <span class="flag">incomplete</span>`;
  const where = report.namespace ?? report.source;
  const body = html`<header>
      <p class="kicker">waxseal keys usage</p>
      <h1>Use of key-encryption keys in <bdi dir="ltr">${clipped(where, LONGEST_PLACE)}</bdi></h1>
      <p class="when">As of ${moment(report.asOf)}${incomplete}</p>
      <p class="headline">${headline(keys, report)}.</p>
    </header>
    <main>
      ${incompleteness(report)} ${tally(keys)}
      <p class="note">${seenBy(report)} See <a href="#limits">what this report cannot tell</a>.</p>
      <nav aria-label="Sections">
        <ul>
          ${sections.map(({ id, heading }) => html`<li><a href="#${id}">${heading}</a></li>`)}
        </ul>
      </nav>
      ${sections.map(
        ({ id, heading, content }) =>
          html`<section id="${id}" aria-labelledby="${id}-heading">
            <h2 id="${id}-heading">${heading}${incomplete}</h2>
            ${content}
          </section>`,
      )}
    </main>
    <footer>
      <p>
        Version ${report.reportVersion} of the report. All times are in UTC. Names are those that payloads
        give: nothing of them is verified. Characters that cannot be seen are written out, such as
        <code>\\u202e</code>. This page has no script and loads nothing.
      </p>
    </footer>`;
  return documentOf(html`Use of keys in ${clipped(where, LONGEST_PLACE)}, ${report.asOf.slice(0, 10)}`, body);
}

interface Section {
  readonly id: string;
  readonly heading: string;
  readonly content: Markup;
}

function seenBy({ blindSpots, leftOut, complete }: UsageReport): string {
  const all = complete ? 'All that could be looked at was' : `Not looked at: ${many(leftOut.length, 'part')}`;
  return `${all}. Not visible to a scan of this kind: ${many(blindSpots.length, 'thing')}.`;
}

function others({ plaintext, elsewhere, malformed, unseen, clearFailures, redacted }: UsageReport): Markup {
  const none = (what: string): Markup => html`<p>${what}: none.</p>`;
  const told = (count: number, what: string): Markup =>
    html`<li><b>${count.toLocaleString('en')}</b> ${what}</li>`;
  return html`${plaintext.length === 0 ? none('Payloads in plaintext') : otherTable('Payloads in plaintext, by encoding: no key protects them.', 'Encoding', plaintext)}
    ${elsewhere.length === 0 ? none('Payloads kept elsewhere') : otherTable('Payloads kept elsewhere: which keys they need is not known.', 'Kept by', elsewhere)}
    ${malformed.length === 0 ? none('Envelopes that cannot be read') : otherTable('Envelopes that cannot be read, by the key that they name.', 'Key named', malformed)}
    ${unseen.length === 0 ? none('Payloads that may hold an envelope') : otherTable('Payloads that may hold an envelope: which keys they need is not known.', 'Encoding', unseen)}
    <ul>
      ${told(clearFailures, 'failures whose message or stack is in clear')}
      ${told(redacted, 'parts of failures redacted, since they could not be encrypted')}
    </ul>`;
}

/** Holds the hatching that charts fill bars with. */
const PATTERNS = html`<svg class="patterns" width="0" height="0" aria-hidden="true">
  <defs>
    <pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect width="5" height="5" class="hatch-ground" />
      <rect width="2" height="5" class="hatch-line" />
    </pattern>
  </defs>
</svg>`;

function documentOf(title: Markup, body: Markup): string {
  const styleHash = createHash('sha256').update(USAGE_PAGE_STYLE, 'utf8').digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <style></style>
      </head>
      <body>
        ${PATTERNS} ${body}
      </body>
    </html> `
    .toString()
    .replace('<style></style>', () => `<style>${USAGE_PAGE_STYLE}</style>`);
}
