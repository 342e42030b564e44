import { barRows, type BarRow } from './bar-rows';
import { count, html, many, moment, type Markup } from './markup';
import { countInBins, startOfDay, timeBins } from './time-bins';
import type { DayCount, UsageReport } from './usage-report';
import { shortKey, type NumberedKey } from './usage-verdicts';

const MS_PER_DAY = 86_400_000;
/** How many keys are drawn: those with most payloads. */
const MOST_ROWS = 30;
/** Files say any time. What lies further back than this is not drawn. */
const FURTHEST_BACK_MS = 20 * 366 * MS_PER_DAY;
const LEAST_DAYS = 13;

/** The payloads of each key over time. */
export function useOverTime(keys: readonly NumberedKey[], report: UsageReport): Markup {
  const asOfMs = Date.parse(report.asOf);
  const isDrawn = ({ day }: DayCount): boolean => {
    const ms = startOfDay(day);
    return ms !== undefined && ms >= asOfMs - FURTHEST_BACK_MS && ms < asOfMs + MS_PER_DAY;
  };
  const plaintext = report.plaintext.flatMap(({ days }) => days).filter(isDrawn);
  const shown = mostUsed(keys);
  const drawn = shown.map((key) => ({ key, days: key.usage.days.filter(isDrawn) }));
  const all = [...plaintext, ...drawn.flatMap(({ days }) => days)].map(
    ({ day }) => startOfDay(day) ?? asOfMs,
  );
  if (all.length === 0) return html`<p>No payload has a time.</p>`;
  const time = timeBins(
    all.reduce((first, ms) => Math.min(first, ms), asOfMs - LEAST_DAYS * MS_PER_DAY),
    all.reduce((last, ms) => Math.max(last, ms), asOfMs),
  );
  const rowOf = (id: string, title: string, label: Markup, days: readonly DayCount[]): BarRow => {
    const counts = countInBins(days, time);
    const highest = Math.max(...counts);
    const description = `${many(sumOf(days), 'payload')}; at most ${count(highest)} in one ${time.unit}.`;
    return { id, title, label, description, counts, note: html`at most ${count(highest)}` };
  };
  const rows = drawn.map(({ key, days }) =>
    rowOf(`use-${key.label}`, `Payloads of ${key.label} by ${time.unit}`, shortKey(key), days),
  );
  if (plaintext.length > 0) {
    rows.push(
      rowOf(
        'use-plaintext',
        `Payloads in plaintext by ${time.unit}`,
        html`Plaintext, for comparison`,
        plaintext,
      ),
    );
  }
  const notDrawn = drawn.reduce((sum, { key, days }) => sum + key.usage.payloads - sumOf(days), 0);
  return html`${barRows(
    html`Payloads by ${time.unit} of their event, in UTC. Each row has its own scale, its highest bar at the
    right.`,
    rows,
    time,
    'Payloads',
  )}
  ${notDrawn > 0 ? html`<p class="note">Not drawn: ${many(notDrawn, 'payload')} without a time, or with one of more than 20 years ago or after the scan.</p>` : undefined}
  ${notShown(keys.length - shown.length)}`;
}

/** When what needs a key is deleted, day by day, until nothing is left or what does not go by itself. */
export function timeToSafety(keys: readonly NumberedKey[], report: UsageReport): Markup {
  const { retentionDays, asOf } = report;
  if (retentionDays === null) {
    return html`<p>How long closed executions are kept is not known, so there is nothing to draw.</p>`;
  }
  const closing = keys.filter(({ usage }) => usage.neededBy.some(({ closeDays }) => closeDays.length > 0));
  if (closing.length === 0) return html`<p>No closed execution holds a payload under a key.</p>`;
  const asOfMs = Date.parse(asOf);
  const shown = mostUsed(closing);
  const drawn = shown.map((key) => ({ key, ...leavingOf(key, retentionDays, asOfMs) }));
  const time = timeBins(
    asOfMs,
    drawn.reduce(
      (last, { leaving }) => leaving.reduce((latest, { ms }) => Math.max(latest, ms), last) + MS_PER_DAY,
      asOfMs + LEAST_DAYS * MS_PER_DAY,
    ),
  );
  const rows = drawn.map(({ key, leaving, staying }): BarRow => {
    const counts = time.bins.map(
      ({ startMs }) =>
        staying +
        leaving.reduce((sum, { ms, held }) => sum + (Math.max(ms, asOfMs) >= startMs ? held : 0), 0),
    );
    const from = key.verdict === 'later' ? key.usage.notNeededFrom : null;
    const now = count(counts[0] ?? 0);
    const left = staying > 0 ? `${count(staying)} stay` : undefined;
    return {
      id: `end-${key.label}`,
      title: `What still needs ${key.label}, by ${time.unit}`,
      label: shortKey(key),
      description: `${now} at the scan; ${left ?? (from === null ? 'no date is given' : `none from ${from}`)}.`,
      note: html`${now} now, ${left ?? (from === null ? 'no date' : html`none from ${moment(from, 'up')}`)}`,
      counts,
      hatched: staying,
    };
  });
  return html`${barRows(
    html`What holds payloads under a key at the beginning of each ${time.unit}, if nothing is written under it
      after the scan: closed executions go ${many(retentionDays, 'day')} after they closed.
      <span class="legend"
        ><svg width="14" height="14" aria-hidden="true"><rect class="hatched" width="14" height="14" /></svg>
        does not go by itself</span
      >`,
    rows,
    time,
    'Left',
  )}
  ${notShown(closing.length - shown.length)}`;
}

/** When holders are deleted at the latest, and how many stay. */
function leavingOf(
  { usage }: NumberedKey,
  retentionDays: number,
  asOfMs: number,
): { readonly leaving: readonly { readonly ms: number; readonly held: number }[]; readonly staying: number } {
  const closed = usage.neededBy.filter(({ what }) => what.startsWith('closed '));
  const leaving = closed
    .flatMap(({ closeDays }) => closeDays)
    .map(({ day, count: held }) => ({
      ms: (startOfDay(day) ?? asOfMs) + MS_PER_DAY - 1 + retentionDays * MS_PER_DAY,
      held,
    }));
  const staying = usage.neededBy.reduce(
    (sum, { what, count: held }) => sum + (what.startsWith('closed ') ? 0 : held),
    0,
  );
  return { leaving, staying };
}

function mostUsed(keys: readonly NumberedKey[]): readonly NumberedKey[] {
  const most = new Set([...keys].sort((a, b) => b.usage.payloads - a.usage.payloads).slice(0, MOST_ROWS));
  return keys.filter((key) => most.has(key));
}

function notShown(left: number): Markup | undefined {
  if (left === 0) return undefined;
  return html`<p class="note">
    ${many(left, 'key')} with fewer payloads ${left === 1 ? 'is' : 'are'} not drawn.
  </p>`;
}

function sumOf(days: readonly DayCount[]): number {
  return days.reduce((sum, { count: held }) => sum + held, 0);
}
