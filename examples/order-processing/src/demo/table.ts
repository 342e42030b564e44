/** A column of a {@link table}. */
export interface Column {
  readonly title: string;
  /** In characters. */
  readonly width: number;
}

const gap = '  ';

/**
 * Lays out rows side by side. A text that is too wide for its column goes on below, for at most `lines`
 * lines.
 *
 * @param rows - one text for each column; a newline starts a new line within the cell
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  lines: number,
): string {
  const titles = columns.map(({ title }) => title);
  const rules = columns.map(({ width }) => '─'.repeat(width));
  return [titles, rules, ...rows].map((row) => layOut(columns, row, lines)).join('\n');
}

function layOut(columns: readonly Column[], row: readonly string[], lines: number): string {
  const cells = columns.map(({ width }, index) => wrap(row[index] ?? '', width, lines));
  const height = Math.max(...cells.map((cell) => cell.length));
  return Array.from({ length: height }, (_, line) =>
    columns
      .map(({ width }, index) => (cells[index]?.[line] ?? '').padEnd(width))
      .join(gap)
      .trimEnd(),
  ).join('\n');
}

function wrap(text: string, width: number, lines: number): string[] {
  const wrapped = text.split('\n').flatMap((line) => wrapLine(line, width));
  if (wrapped.length > lines) {
    const last = wrapped[lines - 1] ?? '';
    wrapped.splice(lines - 1, wrapped.length, `${last.slice(0, width - 1)}…`);
  }
  return wrapped;
}

/** Breaks after a blank, comma or brace where there is one near the end of the line. */
function wrapLine(text: string, width: number): string[] {
  if (text.length <= width) {
    return [text];
  }
  const head = text.slice(0, width);
  const breakAt = Math.max(...[' ', ',', '{'].map((character) => head.lastIndexOf(character) + 1));
  const end = breakAt > width * 0.6 ? breakAt : width;
  return [text.slice(0, end).trimEnd(), ...wrapLine(text.slice(end), width)];
}
