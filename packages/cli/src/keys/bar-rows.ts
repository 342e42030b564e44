import { count, html, type Markup } from './markup';
import type { TimeBins } from './time-bins';
import { table } from './usage-tables';

/** One row of bars. */
export interface BarRow {
  /** Unique in the page. */
  readonly id: string;
  /** What the row is of, as its name is shown, and as its picture is called. */
  readonly label: Markup;
  readonly title: string;
  /** The picture in a sentence. */
  readonly description: string;
  /** What stands behind the bars. */
  readonly note: Markup;
  /** By bin. */
  readonly counts: readonly number[];
  /** Of each count, what stands at the bottom and is hatched. */
  readonly hatched?: number;
}

const HEIGHT = 40;
const LEAST = 1.5;

/**
 * Rows of bars above one axis of time: as many series as there are, told apart by their names and not by
 * colours. Across, all is in per cent, so that texts keep their size on any screen. The figures are below
 * as a table.
 */
export function barRows(caption: Markup, rows: readonly BarRow[], time: TimeBins, countedAs: string): Markup {
  const figures = rows.flatMap(({ label, counts }) =>
    counts.flatMap((value, index) =>
      value === 0 ? [] : [{ label, period: time.bins[index]?.label ?? '', value }],
    ),
  );
  return html`<figure class="chart">
    <figcaption>${caption}</figcaption>
    ${rows.map((row) => barRow(row, time))}
    <div class="bars-row axis" aria-hidden="true">
      <div></div>
      ${axis(time)}
      <div></div>
    </div>
    <details>
      <summary>These figures as a table</summary>
      ${table<(typeof figures)[number]>(
        html`${caption}`,
        [
          { heading: 'Key', cell: ({ label }) => label },
          {
            heading: `${time.unit.slice(0, 1).toUpperCase()}${time.unit.slice(1)}`,
            cell: ({ period }) => html`${period}`,
          },
          { heading: countedAs, isNumber: true, cell: ({ value }) => html`${count(value)}` },
        ],
        figures,
      )}
    </details>
  </figure>`;
}

function barRow(
  { id, label, title, description, note, counts, hatched = 0 }: BarRow,
  time: TimeBins,
): Markup {
  const highest = Math.max(1, ...counts);
  const step = 100 / time.bins.length;
  const bars = counts.map((value, index) => {
    if (value === 0) return html``;
    const base = Math.min(hatched, value);
    const height = Math.max(LEAST, (value / highest) * HEIGHT);
    const below = base === 0 ? 0 : Math.max(LEAST, (base / highest) * HEIGHT);
    const across = html`x="${percent((index + 0.07) * step)}" width="${percent(0.86 * step)}"`;
    return html`<g
      ><title>${time.bins[index]?.label}: ${count(value)}</title>${
        value === base
          ? undefined
          : html`<rect ${across} y="${px(HEIGHT - height)}" height="${px(height - below)}" />`
      }${below === 0 ? undefined : html`<rect class="hatched" ${across} y="${px(HEIGHT - below)}" height="${px(below)}" />`}</g
    >`;
  });
  return html`<div class="bars-row">
    <div class="of">${label}</div>
    <svg
      width="100%"
      height="${HEIGHT + 1}"
      role="img"
      aria-labelledby="${id}-title"
      aria-describedby="${id}-description"
    >
      <title id="${id}-title">${title}</title>
      <desc id="${id}-description">${description}</desc>
      ${ticks(time).map(({ at }) => html`<line class="grid" x1="${percent(at * step)}" x2="${percent(at * step)}" y1="0" y2="${HEIGHT}" />`)}
      ${bars}
      <line class="base" x1="0" x2="100%" y1="${HEIGHT + 0.5}" y2="${HEIGHT + 0.5}" />
    </svg>
    <div class="note">${note}</div>
  </div>`;
}

function axis(time: TimeBins): Markup {
  const step = 100 / time.bins.length;
  const last = time.bins.length - 1;
  return html`<svg width="100%" height="16">
    ${ticks(time).map(({ at, label, isMinor }) => {
      const anchor = at === 0 ? 'start' : at === last ? 'end' : 'middle';
      const x = at === last && at > 0 ? 100 : at * step;
      return html`<text
        class="${isMinor ? 'minor' : 'major'}"
        x="${percent(x)}"
        y="12"
        text-anchor="${anchor}"
        >${label}</text
      >`;
    })}
  </svg>`;
}

interface Tick {
  /** Which bin begins here. */
  readonly at: number;
  readonly label: string;
  /** On a narrow screen, it is left out. */
  readonly isMinor: boolean;
}

function ticks({ bins }: TimeBins): readonly Tick[] {
  const last = bins.length - 1;
  const at = new Set([0, 0.25, 0.5, 0.75, 1].map((part) => Math.round(last * part)));
  return [...at].map((index, position) => ({
    at: index,
    label: bins[index]?.label ?? '',
    isMinor: position % 2 === 1 && index !== last,
  }));
}

function percent(value: number): string {
  return `${String(Math.round(value * 1_000) / 1_000)}%`;
}

function px(value: number): string {
  return String(Math.round(value * 100) / 100);
}
