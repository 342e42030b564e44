import { escapeUnprintable } from '@waxseal/core/internal';
import { heading, type Line } from './terminal/colour';

/** Text from a payload as a quoted string that cannot steer a terminal. */
export function printable(text: string): string {
  return escapeUnprintable(JSON.stringify(text));
}

// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f]/g;

/** Text of another as it is, but for what would steer a terminal: that is escaped. */
export function plain(text: string): string {
  return escapeUnprintable(text.replace(CONTROL, (character) => JSON.stringify(character).slice(1, -1)));
}

/** A number of things, for a person: `1 key`, `2 keys`. */
export function howMany(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** Rows of cells as lines, in columns as wide as they have to be. The last column is not filled up. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const last = Math.max(...rows.map(({ length }) => length)) - 1;
  const widths = Array.from({ length: last }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
}

/** Rows of cells under their headings, in columns as wide as they have to be. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): readonly Line[] {
  const [first = '', ...others] = columns([headings, ...rows]);
  return [[heading(first)], ...others];
}
