import type { PayloadFormat } from '../scan/payload-format';
import { count, html, name, shortMoment, type Markup } from './markup';
import type { KeyUsage, NeededBy, OtherUsage } from './usage-report';
import { keyLink, keyName, manyHolders, type NumberedKey } from './usage-verdicts';

/** Formats in the words of people. */
const FORMATS: Readonly<Record<PayloadFormat, string>> = {
  waxseal: 'Waxseal envelope',
  'temporal-proxy': 'Envelope of Temporal’s proxy',
  samples: 'Encryption sample of Temporal’s SDKs',
  'aws-encryption-sdk': 'AWS Encryption SDK (Java sample)',
  fernet: 'Fernet tokens (Python)',
  other: 'Not known here; it names a key',
  malformed: 'Waxseal envelope that cannot be read',
  elsewhere: 'Kept elsewhere',
  unseen: 'May hold an envelope',
  redacted: 'Redacted',
  plaintext: 'Plaintext',
};

/** A column of a table: its heading, and what stands in it. */
export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => Markup;
  /** Of numbers. */
  readonly isNumber?: boolean;
}

/**
 * A table whose first column names the rows. On a narrow screen each row is a block, and headings stand in
 * it.
 */
export function table<Row>(
  caption: Markup | string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): Markup {
  const cells = (row: Row): readonly Markup[] =>
    columns.map(({ heading, cell, isNumber }, index) => {
      const kind = isNumber === true ? 'number' : 'text';
      return index === 0
        ? html`<th scope="row" data-heading="${heading}">${cell(row)}</th>`
        : html`<td class="${kind}" data-heading="${heading}"><div>${cell(row)}</div></td>`;
    });
  return html`<table class="rows">
    <caption>
      ${caption}
    </caption>
    <thead>
      <tr>
        ${columns.map(({ heading, isNumber }) => html`<th scope="col" class="${isNumber === true ? 'number' : 'text'}">${heading}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            ${cells(row)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** All keys with what is known of them. */
export function keysTable(keys: readonly NumberedKey[]): Markup {
  return table<NumberedKey>(
    'Keys that payloads name. “Only this” are payloads that no other key opens.',
    [
      { heading: 'Key', cell: (key) => keyLink(key) },
      { heading: 'ID', cell: ({ usage }) => html`${keyName(usage.key)}` },
      { heading: 'Version', cell: ({ usage }) => versionOf(usage) },
      { heading: 'Format', cell: ({ usage }) => html`${FORMATS[usage.format]}` },
      { heading: 'Payloads', isNumber: true, cell: ({ usage }) => html`${count(usage.payloads)}` },
      { heading: 'Only this', isNumber: true, cell: ({ usage }) => html`${count(usage.sole)}` },
      { heading: 'First and last seen (UTC)', cell: ({ usage }) => seen(usage) },
      { heading: 'Needed by', cell: ({ usage }) => html`${neededBy(usage.neededBy, true)}` },
    ],
    keys,
  );
}

function versionOf({ version }: KeyUsage): Markup {
  return version === null ? html`<span class="none">not named</span>` : name(version, 40);
}

function seen({ firstSeen, lastSeen }: OtherUsage): Markup {
  const first = firstSeen === null ? undefined : shortMoment(firstSeen);
  const last = lastSeen === null ? undefined : shortMoment(lastSeen);
  if (first === undefined && last === undefined) return html`<span class="none">no time is known</span>`;
  return html`<span class="line">${first ?? '?'}</span> <span class="line">${last ?? '?'}</span>`;
}

function neededBy(holders: readonly NeededBy[], withSole: boolean): readonly Markup[] {
  if (holders.length === 0) return [html`<span class="none">nothing</span>`];
  return holders.map(({ what, count: all, soleCount }) => {
    const sole = withSole && soleCount !== all ? ` (${count(soleCount)} only this)` : '';
    return html`<span class="line">${manyHolders(all, what)}${sole}</span> `;
  });
}

/** Payloads that are under no key, or under none that can be told. */
export function otherTable(caption: string, heading: string, rows: readonly OtherUsage[]): Markup {
  return table<OtherUsage>(
    caption,
    [
      { heading, cell: ({ name: text }) => name(text, 128) },
      { heading: 'Payloads', isNumber: true, cell: ({ payloads }) => html`${count(payloads)}` },
      { heading: 'What they are', cell: ({ kinds }) => html`${kindsOf(kinds)}` },
      { heading: 'First and last seen (UTC)', cell: seen },
      { heading: 'Held by', cell: ({ neededBy: holders }) => html`${neededBy(holders, false)}` },
    ],
    rows,
  );
}

function kindsOf(kinds: OtherUsage['kinds']): string {
  return Object.entries(kinds)
    .sort(([, a], [, b]) => b - a)
    .map(([kind, held]) => `${kind} ${count(held)}`)
    .join(', ');
}
