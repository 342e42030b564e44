import type { NamedHolder } from '../scan/use';
import { count, html, many, name, shortMoment, type Markup } from './markup';
import type { NeededBy, UsageReport } from './usage-report';
import { table } from './usage-tables';
import { linkedKey, manyHolders, type NumberedKey } from './usage-verdicts';

/** How many keys have their holders listed. What else there is, JSON has. */
const MOST_KEYS = 30;
const SHOWN = 5;
const LONGEST_ID = 128;

/** The holders that do not go by themselves, key by key, the oldest of them by name. */
export function blockersByKey(keys: readonly NumberedKey[], report: UsageReport): Markup {
  const blocked = keys
    .map((key) => ({ key, kinds: key.usage.neededBy.filter(isLasting) }))
    .filter(({ kinds }) => kinds.length > 0);
  const other = otherBlockers(report);
  if (blocked.length === 0) {
    return html`<p>Nothing that was looked at keeps a key needed for longer than the retention.</p>
      ${other}`;
  }
  const most = [...blocked].sort((a, b) => b.key.usage.payloads - a.key.usage.payloads).slice(0, MOST_KEYS);
  const shown = blocked.filter((each) => most.includes(each));
  const left = blocked.length - shown.length;
  return html`${other}
  ${shown.map(
    ({ key, kinds }) =>
      html`<section class="blocked">
        <h3>${linkedKey(key)}</h3>
        ${kinds.map((kind) => ofKind(key, kind))}
      </section>`,
  )}
  ${left === 0 ? undefined : html`<p>${many(left, 'key')} with fewer payloads ${left === 1 ? 'is' : 'are'} blocked too and not listed here: <code>--json</code> has them.</p>`}`;
}

/** What stands in the way of each key's date. */
function otherBlockers({ complete, elsewhere }: UsageReport): Markup | undefined {
  const payloads = elsewhere.reduce((sum, each) => sum + each.payloads, 0);
  if (complete && payloads === 0) return undefined;
  return html`<ul>
    ${complete ? [] : [html`<li>Not all was looked at. What was left out may need any key.</li>`]}
    ${payloads === 0 ? [] : [html`<li><b>${count(payloads)}</b> payloads are kept elsewhere, and may need any key: see <a href="#others">below</a>.</li>`]}
  </ul>`;
}

/** Whether it stays until somebody does something. */
function isLasting({ what }: NeededBy): boolean {
  return !what.startsWith('closed ');
}

function ofKind({ label }: NumberedKey, { what, count: all, soleCount, named }: NeededBy): Markup {
  const caption = html`<b>${manyHolders(all, what)}</b
    >${soleCount === all ? undefined : `, ${count(soleCount)} of them with payloads under this key only`}${named.length === 0 ? undefined : html`; the oldest:`}`;
  const first = named.slice(0, SHOWN);
  const rest = named.slice(SHOWN);
  if (first.length === 0) return html`<p>${caption}</p>`;
  const more = all - named.length;
  return html`${holders(caption, first)}
  ${
    rest.length === 0
      ? undefined
      : html`<details>
          <summary>${count(rest.length)} more by name: ${what} that need ${label}</summary>
          ${holders(html`The next ${what}`, rest)}
        </details>`
  }
  ${more > 0 ? html`<p class="note rest">${count(more)} more ${what} not named here.</p>` : undefined}`;
}

function holders(caption: Markup, rows: readonly NamedHolder[]): Markup {
  const none = html`<span class="none">–</span>`;
  const isKnown = (field: 'runId' | 'type' | 'startMs'): boolean =>
    rows.some((row) => row[field] !== undefined);
  return table<NamedHolder>(
    caption,
    [
      { heading: 'ID', cell: ({ id }) => name(id, LONGEST_ID) },
      ...(isKnown('runId')
        ? [
            {
              heading: 'Run',
              cell: ({ runId }: NamedHolder) => (runId === undefined ? none : name(runId, 64)),
            },
          ]
        : []),
      ...(isKnown('type')
        ? [{ heading: 'Type', cell: ({ type }: NamedHolder) => (type === undefined ? none : name(type, 64)) }]
        : []),
      ...(isKnown('startMs')
        ? [{ heading: 'Since (UTC)', cell: ({ startMs }: NamedHolder) => started(startMs) ?? none }]
        : []),
      { heading: 'Opened by', cell: ({ sole }) => html`${sole ? 'this key only' : 'other keys too'}` },
    ],
    rows,
  );
}

function started(ms: number | undefined): Markup | undefined {
  const date = new Date(ms ?? NaN);
  return Number.isNaN(date.getTime()) ? undefined : shortMoment(date.toISOString());
}
