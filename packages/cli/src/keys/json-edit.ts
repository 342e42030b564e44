import { isDeepStrictEqual } from 'node:util';

/** A field of the object, and what it is to be; taken out where that is `undefined`. */
export interface JsonEdit {
  readonly field: string;
  readonly value: string | readonly string[] | undefined;
}

/** The longest value that stays on one line. */
const LONGEST_LINE = 100;

/**
 * The text of a JSON object with some of its fields changed, and every other character as it was.
 *
 * @param text JSON of an object
 * @param behind fields that a new one is put behind, the last that is there
 * @returns `undefined` where that does not come out as meant
 */
export function editJson(
  text: string,
  edits: readonly JsonEdit[],
  behind: readonly string[],
): string | undefined {
  const expected = JSON.parse(text) as Record<string, unknown>;
  let edited = text;
  for (const { field, value } of edits) {
    if (value === undefined) {
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
      delete expected[field];
    } else expected[field] = value;
    edited = withField(edited, field, value, behind);
  }
  try {
    return isDeepStrictEqual(JSON.parse(edited), expected) ? edited : undefined;
  } catch {
    return undefined;
  }
}

function withField(text: string, field: string, value: JsonEdit['value'], behind: readonly string[]): string {
  const spans = topLevelSpans(text);
  const at = spans.findLastIndex(({ name }) => name === field);
  const [own, before, after] = [spans[at], spans[at - 1], spans[at + 1]];
  const indent = /^\{\s*?(\r?\n[ \t]+)/.exec(text)?.[1] ?? ' ';
  if (own !== undefined && value !== undefined) {
    return text.slice(0, own.valueStart) + inJson(value, indent) + text.slice(own.end);
  }
  if (own !== undefined) {
    if (after !== undefined) return text.slice(0, own.start) + text.slice(after.start);
    return before === undefined ? '{}' : text.slice(0, before.end) + text.slice(own.end);
  }
  if (value === undefined) return text;
  const fresh = `${JSON.stringify(field)}: ${inJson(value, indent)}`;
  const anchor = spans.findLast(({ name }) => behind.includes(name));
  if (anchor !== undefined) return `${text.slice(0, anchor.end)},${indent}${fresh}${text.slice(anchor.end)}`;
  const [first] = spans;
  if (first === undefined) return text;
  return `${text.slice(0, first.start)}${fresh},${indent}${text.slice(first.start)}`;
}

/** @param indent line end and indentation of the object's fields; a space where it is on one line */
function inJson(value: string | readonly string[], indent: string): string {
  if (typeof value === 'string') return JSON.stringify(value);
  const entries = value.map((entry) => JSON.stringify(entry));
  const line = `[${entries.join(', ')}]`;
  if (line.length <= LONGEST_LINE || !indent.includes('\n')) return line;
  const deeper = indent + indent.replace(/^\r?\n/, '');
  return `[${deeper}${entries.join(`,${deeper}`)}${indent}]`;
}

/** Where a field of an object stands in its text. */
interface Span {
  readonly name: string;
  /** Of the name's quotation mark. */
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
}

/** The fields of a valid JSON object, in their order. */
function topLevelSpans(text: string): readonly Span[] {
  const spans: Span[] = [];
  const token = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g;
  let depth = 0;
  let name: { readonly text: string; readonly start: number } | undefined;
  let valueStart: number | undefined;
  let end = 0;
  const finish = (): void => {
    if (name !== undefined && valueStart !== undefined) {
      spans.push({ name: JSON.parse(name.text) as string, start: name.start, valueStart, end });
    }
    name = valueStart = undefined;
  };
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [part] = match;
    if (depth === 1 && (part === ',' || part === '}')) finish();
    else if (depth === 1 && name === undefined) name = { text: part, start: match.index };
    else if (depth === 1 && part !== ':') valueStart ??= match.index;
    if (part === '{' || part === '[') depth += 1;
    if (part === '}' || part === ']') depth -= 1;
    end = token.lastIndex;
  }
  return spans;
}

const MOST_LINES = 2_000;
const CONTEXT = 2;

/** The lines that differ, each behind a `-` or a `+`, with two around them. */
export function diffOf({
  before,
  after,
}: {
  readonly before: string;
  readonly after: string;
}): readonly string[] {
  const [old, fresh] = [before, after].map((text) => text.trimEnd().split(/\r?\n/)) as [string[], string[]];
  if (old.length > MOST_LINES || fresh.length > MOST_LINES) return ['(the file is too long to be compared)'];
  const all = compared(old, fresh);
  const isNear = (index: number): boolean =>
    all.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some((line) => !line.startsWith(' '));
  return all.flatMap((line, index) => {
    if (isNear(index)) return [line];
    return index > 0 && isNear(index - 1) ? ['…'] : [];
  });
}

/** By the longest common subsequence of lines. */
function compared(old: readonly string[], fresh: readonly string[]): readonly string[] {
  const width = fresh.length + 1;
  const longest = new Uint16Array((old.length + 1) * width);
  const at = (i: number, j: number): number => longest[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = fresh.length - 1; j >= 0; j--) {
      longest[i * width + j] =
        old[i] === fresh[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < fresh.length) {
    if (i < old.length && j < fresh.length && old[i] === fresh[j]) {
      lines.push(`  ${old[i] ?? ''}`);
      [i, j] = [i + 1, j + 1];
    } else if (j === fresh.length || (i < old.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push(`- ${old[i] ?? ''}`);
      i += 1;
    } else {
      lines.push(`+ ${fresh[j] ?? ''}`);
      j += 1;
    }
  }
  return lines;
}
