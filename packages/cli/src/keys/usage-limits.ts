import { clipped, count, html, many, moment, type Markup } from './markup';
import type { UsageReport } from './usage-report';
import { table } from './usage-tables';

/** Most lines of a list that the scan gives, and how long each may be. */
const MOST_LINES = 100;
const LONGEST_LINE = 600;

/** A warning where not all was looked at. Nothing where it was. */
export function incompleteness({ complete, leftOut }: UsageReport): Markup | undefined {
  if (complete) return undefined;
  return html`<section class="incomplete" aria-labelledby="incomplete">
    <h2 id="incomplete">This report is not complete</h2>
    <p>
      <strong>Do not switch off any key by it.</strong> Part of what could have been looked at was not, and
      any key may be needed there. All figures below are of the rest, and lower than they should be.
    </p>
    <ul>
      ${lines(leftOut)}
    </ul>
  </section>`;
}

/** What the report cannot tell, of this scan and of any. */
export function limits({ blindSpots, namespace, asOf }: UsageReport): Markup {
  const elsewhere =
    namespace === null ? 'What is not in these files' : 'Other namespaces, and other clusters';
  return html`<div class="columns">
    <div>
      <h3>Not seen by a scan of this kind</h3>
      ${
        blindSpots.length === 0
          ? html`<p>The scan names nothing.</p>`
          : html`<ul>
              ${lines(blindSpots)}
            </ul>`
      }
    </div>
    <div>
      <h3>What “not needed” does not mean</h3>
      <ul>
        <li>
          That nothing is written under the key after ${moment(asOf)}. Take it out of every writer first: a
          date holds only then, and only while the retention is what it was.
        </li>
        <li>
          That nobody has a copy. Exports, archives, backups, logs and histories in files are under the same
          keys.
        </li>
        <li>That it is unused in other places. ${elsewhere} need a scan of their own.</li>
        <li>
          That it is without effect at once. Workers and Codec Servers keep unwrapped data keys in their
          caches: what was switched off too early may be noticed only when these expire, or processes start
          again.
        </li>
        <li>That it may be destroyed. Disable it, wait, and look again: what is disabled can be enabled.</li>
      </ul>
      <p>
        Temporal deletes in the background, some time after the retention has passed. On the date itself, scan
        again before you act.
      </p>
    </div>
  </div>`;
}

/** What was looked at, and when. */
export function scope(report: UsageReport): Markup {
  const { source, namespace, asOf, ended, retentionDays, gone, events, payloads, encrypted, holders } =
    report;
  const facts: readonly (readonly [string, Markup])[] = [
    ['Source', html`<bdi dir="ltr">${clipped(source, LONGEST_LINE)}</bdi>`],
    ...(namespace === null
      ? []
      : [['Namespace', html`<bdi dir="ltr">${clipped(namespace, LONGEST_LINE)}</bdi>`] as const]),
    ['Scan began', html`${moment(asOf)}. What came later may not be in it.`],
    ['Scan ended', moment(ended, 'up')],
    ['Retention', html`${retentionDays === null ? 'not known' : many(retentionDays, 'day')}`],
    [
      'Complete',
      html`${report.complete ? 'yes: all that could be looked at was' : 'no: see the top of this page'}`,
    ],
    ['Events', html`${count(events)}`],
    ['Payloads', html`${count(payloads)}, ${count(encrypted)} of them encrypted`],
    [
      'Gone',
      html`${many(gone, 'execution')} ${gone === 1 ? 'was' : 'were'} deleted before
      ${gone === 1 ? 'it' : 'they'} could be read`,
    ],
  ];
  const kinds = Object.entries(holders);
  return html`<dl class="facts">
      ${facts.map(
        ([term, value]) =>
          html`<div>
            <dt>${term}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
    ${
      kinds.length === 0
        ? html`<p>Nothing was found that could hold payloads.</p>`
        : table<(typeof kinds)[number]>(
            'What was read, whether it holds payloads or not',
            [
              { heading: 'Kind', cell: ([kind]) => html`${kind}` },
              { heading: 'Read', isNumber: true, cell: ([, held]) => html`${count(held)}` },
            ],
            kinds,
          )
    }`;
}

function lines(texts: readonly string[]): readonly Markup[] {
  const shown = texts
    .slice(0, MOST_LINES)
    .map((text) => html`<li><bdi dir="ltr">${clipped(text, LONGEST_LINE)}</bdi></li>`);
  const rest = texts.length - shown.length;
  return rest === 0 ? shown : [...shown, html`<li>${count(rest)} more: <code>--json</code> has them.</li>`];
}
