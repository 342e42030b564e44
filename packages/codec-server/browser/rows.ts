import type { AskError } from './ask';
import type { FoundPayload } from './history';

/** What the server says of a payload without opening it (`POST /inspect`). */
export interface Description {
  readonly keyId?: string;
  readonly defect?: string;
  readonly envelope?: {
    readonly version: number;
    readonly suite: number;
    readonly wrappedKeys: readonly { readonly keyId?: string }[];
    readonly context: Readonly<Record<string, string>>;
  };
}

/** A payload of the table. */
export interface Row {
  readonly found: FoundPayload;
  /** Place in the text, from 0. */
  readonly index: number;
  /** Undefined until the server has said it. */
  description: Description | undefined;
  /** Its content, where it is shown. */
  text: string | undefined;
  /** Why its content is not shown, where it was asked for. */
  failure: AskError | undefined;
}

/** Rows of what was found, with nothing known of them. */
export function rowsOf(payloads: readonly FoundPayload[]): Row[] {
  return payloads.map((found, index) => ({
    found,
    index,
    description: undefined,
    text: undefined,
    failure: undefined,
  }));
}

/** The IDs of all keys that open a payload. */
export function keyIdsOf({ found, description }: Row): readonly string[] {
  const wrapped = description?.envelope?.wrappedKeys ?? [];
  const ids = wrapped.map(({ keyId }) => keyId ?? found.keyId);
  return [...new Set([found.keyId, ...ids])].filter((id) => id !== undefined && id !== '') as string[];
}

/** What a payload is bound to, such as `namespace orders`; empty where that is nothing, or not known. */
export function boundTo({ description }: Row): readonly string[] {
  const context = Object.entries(description?.envelope?.context ?? {});
  return context.map(
    ([name, value]) => `${name === 'workflow-id' ? 'workflow' : name} ${value.slice(0, 1_000)}`,
  );
}

const ENVELOPE = 'binary/envelope';
const PLAIN = /^(?:json|binary)\/(?:plain|null|protobuf)$/;

/** What is known of a payload, in some words. */
export function stateOf({ found, description, text, failure }: Row): string {
  if (failure !== undefined) return `Not decoded: ${failure.code}`;
  if (description?.defect !== undefined) return `Malformed: ${description.defect}`;
  if (text !== undefined) return 'Shown';
  if (found.encoding === ENVELOPE) return 'Encrypted';
  if (PLAIN.test(found.encoding)) return 'Not encrypted';
  return `Encoded: ${found.encoding.slice(0, 100)}`;
}

/** In which order rows are listed. */
export type Order = 'event' | 'size' | 'key';

/** Which rows are listed. */
export interface Filter {
  /** ID of a key; empty for all rows, and {@link NO_KEY} for those without. */
  readonly key: string;
  /** Words that must all stand in the row, in its content too where that is shown. */
  readonly text: string;
}

/** No key has this as its ID. */
export const NO_KEY = '\u0000none';

/** The rows that a filter lets through, in an order. */
export function chosen(rows: readonly Row[], filter: Filter, order: Order): Row[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const through = rows.filter((row) => hasKey(row, filter.key) && hasWords(row, words));
  if (order === 'size') return through.sort((a, b) => b.found.bytes - a.found.bytes || a.index - b.index);
  if (order === 'key') return through.sort((a, b) => compare(keyOf(a), keyOf(b)) || a.index - b.index);
  return through;
}

function hasKey(row: Row, key: string): boolean {
  if (key === '') return true;
  const ids = keyIdsOf(row);
  return key === NO_KEY ? ids.length === 0 : ids.includes(key);
}

function hasWords(row: Row, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const { eventId = '', eventType = '', field, encoding } = row.found;
  const parts = [
    eventId,
    eventType,
    field,
    encoding,
    ...keyIdsOf(row),
    ...boundTo(row),
    stateOf(row),
    row.text ?? '',
  ];
  const text = parts.join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}

function keyOf(row: Row): string {
  return keyIdsOf(row)[0] ?? '';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** How many rows each key opens, the most first and else by name; those without a key last. */
export function countKeys(rows: readonly Row[]): readonly (readonly [keyId: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const ids = keyIdsOf(row);
    for (const id of ids.length === 0 ? [NO_KEY] : ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return [...counts].sort(
    ([a, m], [b, n]) => Number(a === NO_KEY) - Number(b === NO_KEY) || n - m || compare(a, b),
  );
}
