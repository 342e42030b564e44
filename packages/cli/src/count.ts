import { ConfigurationError } from '@waxseal/core';
import { ENVELOPE_ENCODING, parseJson, redactedPartOf } from '@waxseal/core/internal';
import type { Output } from './output';
import { printable } from './printable';
import { readInput } from './read-payloads';
import { namespaceHistories, type Counted } from './namespace-histories';

/** Options of `waxseal count`. */
export interface CountOptions {
  readonly temporal?: true;
  readonly query: string;
  readonly limit: string;
  readonly expect: string;
  readonly json?: true;
}

/**
 * Counts, prints, and sets the exit code of the process where something is not as expected.
 *
 * @throws ConfigurationError when an option or a file is not as it should be
 */
export async function count(
  files: readonly string[],
  options: CountOptions,
  { line, notice }: Output,
): Promise<void> {
  const { expect, json } = options;
  if (expect !== 'envelopes' && expect !== 'plaintext') {
    throw new ConfigurationError('--expect must be envelopes or plaintext.');
  }
  if (options.temporal !== undefined && files.length > 0) {
    throw new ConfigurationError('Name files, or give --temporal: one of the two.');
  }
  const limit = Number(options.limit);
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new ConfigurationError('--limit must be a number from 1 on.');
  const rows: CountRow[] = [];
  const sources =
    options.temporal === undefined ? inFiles(files) : namespaceHistories(options.query, limit, notice);
  for await (const { name, message } of sources) {
    const counts = countPayloads(message);
    rows.push({ name, ...counts, isAsExpected: isExpected(counts, expect) });
  }
  const others = rows.filter((row) => !row.isAsExpected);
  if (json === true) line(JSON.stringify({ ...sumOf(rows), looked: rows.length, others }, undefined, 2));
  else for (const each of linesOf(rows, others, expect)) line(each);
  if (others.length > 0) process.exitCode = 1;
}

interface CountRow extends PayloadCounts {
  readonly name: string;
  readonly isAsExpected: boolean;
}

function isExpected({ envelopes, plaintext, clearFailures }: PayloadCounts, expected: string): boolean {
  return expected === 'plaintext' ? envelopes === 0 : plaintext === 0 && clearFailures === 0;
}

function sumOf(rows: readonly PayloadCounts[]): Omit<PayloadCounts, 'clearAt'> {
  const sum = (field: 'envelopes' | 'plaintext' | 'clearFailures'): number =>
    rows.reduce((total, row) => total + row[field], 0);
  return { envelopes: sum('envelopes'), plaintext: sum('plaintext'), clearFailures: sum('clearFailures') };
}

/** Executions that are named on the terminal; `--json` has all. */
const MOST_NAMED = 20;

function linesOf(
  rows: readonly CountRow[],
  others: readonly CountRow[],
  expected: string,
): readonly string[] {
  const { envelopes, plaintext, clearFailures } = sumOf(rows);
  const named = others
    .slice(0, MOST_NAMED)
    .flatMap((row) => [
      `${printable(row.name)}: ${String(row.envelopes)} envelopes, ${String(row.plaintext)} plaintext, ${String(row.clearFailures)} failures in clear`,
      ...(expected === 'plaintext'
        ? []
        : row.clearAt.map(({ place, count }) => `  ${printable(place)}: ${String(count)}`)),
    ]);
  const more = others.length - MOST_NAMED;
  return [
    ...named,
    ...(more > 0 ? [`… and ${String(more)} more (--json has all)`] : []),
    `${String(rows.length)} looked at: ${String(envelopes)} envelopes, ${String(plaintext)} plaintext, ${String(clearFailures)} failures in clear`,
    others.length === 0
      ? `All of it is ${expected === 'plaintext' ? 'in clear' : 'encrypted'}.`
      : `${String(others.length)} hold what is ${expected === 'plaintext' ? 'encrypted' : 'not encrypted'}.`,
  ];
}

async function* inFiles(files: readonly string[]): AsyncIterable<Counted> {
  for (const file of files.length === 0 ? ['-'] : files) {
    yield { name: file, message: historyOf(await readInput(file), file) };
  }
}

/** Fields of events that hold payloads; a list in their place is the shorthand of the temporal command. */
const PAYLOADS = ['input', 'result', 'details', 'lastCompletionResult'];

function historyOf(json: string, file: string): unknown {
  const wrong = (what: string): ConfigurationError =>
    new ConfigurationError(
      `${file} ${what}. Write it with: temporal workflow show --output json --no-json-shorthand-payloads`,
    );
  const history = parseJson(json, (where) => wrong(`is not valid JSON: see ${where}`));
  if (!isObject(history) || !Array.isArray(history['events']))
    throw wrong('is no history: it has no "events"');
  const attributes = history['events']
    .filter(isObject)
    .flatMap((event) =>
      Object.entries(event).flatMap(([name, value]) => (name.endsWith('EventAttributes') ? [value] : [])),
    );
  if (attributes.filter(isObject).some((each) => PAYLOADS.some((field) => Array.isArray(each[field])))) {
    throw wrong(
      "has its payloads in the temporal command's shorthand, which does not tell how they are encoded",
    );
  }
  return { events: fromProtojson(history['events'], '') };
}

/** Fields that hold a failure. */
const FAILURES: ReadonlySet<string> = new Set(['failure', 'cause', 'lastFailure', 'continuedFailure']);

/** Proto3 JSON with payloads and failures as the messages have them: bytes, and texts that are there. */
function fromProtojson(value: unknown, field: string): unknown {
  if (Array.isArray(value)) return value.map((each) => fromProtojson(each, field));
  if (!isObject(value)) return value;
  const { metadata, data = '' } = value;
  if (
    isObject(metadata) &&
    typeof data === 'string' &&
    Object.values(metadata).every((each) => typeof each === 'string')
  ) {
    const bytes = Object.entries(metadata).map(([name, text]) => [
      name,
      Buffer.from(text as string, 'base64'),
    ]);
    return { metadata: Object.fromEntries(bytes) as object, data: Buffer.from(data, 'base64') };
  }
  const fields = Object.entries(value).map(([name, each]) => [name, fromProtojson(each, name)]);
  const absent = FAILURES.has(field) ? { message: '', source: '', stackTrace: '' } : {};
  return { ...absent, ...(Object.fromEntries(fields) as object) };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** How much of a message of Temporal's is encrypted. */
interface PayloadCounts {
  /** Payloads that are envelopes. */
  readonly envelopes: number;
  /** Payloads that are none. The constants that stand for redacted parts of failures are not counted. */
  readonly plaintext: number;
  /** Failures whose message or stack stands in clear. Those that the server makes are not counted. */
  readonly clearFailures: number;
  /** Where what is in clear stands: type of the event or field, and encoding. */
  readonly clearAt: readonly { readonly place: string; readonly count: number }[];
}

/** Fields that Temporal has in clear, whatever codec there is. */
const NEVER_ENCRYPTED: ReadonlySet<string> = new Set(['searchAttributes', 'header', 'headers']);

/** What all SDKs put in the place of a message that is in `encodedAttributes`. */
const ENCODED_MESSAGE = 'Encoded failure';

type Message = Readonly<Record<string, unknown>>;

/** Counts the payloads and failures of a message: a history, a description of an execution or a schedule. */
function countPayloads(message: unknown): PayloadCounts {
  const counts = { envelopes: 0, plaintext: 0, clearFailures: 0 };
  const places = new Map<string, number>();
  const note = (place: string): void => void places.set(place, (places.get(place) ?? 0) + 1);
  const open: (readonly [value: unknown, place: string])[] = [[message, '']];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [value, place] = next;
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) continue;
    if (isPayload(value)) {
      const encoding = encodingOf(value);
      if (encoding === ENVELOPE_ENCODING) counts.envelopes += 1;
      else if (redactedPartOf(value) === undefined) {
        counts.plaintext += 1;
        note(`${place} ${encoding}`);
      }
      continue;
    }
    if (isFailure(value) && isInClear(value)) {
      counts.clearFailures += 1;
      note(`${place} failure`);
    }
    for (const [name, field] of Object.entries(value)) {
      if (!NEVER_ENCRYPTED.has(name)) open.push([field, placeOf(name, place)]);
    }
  }
  return { ...counts, clearAt: [...places].map(([place, count]) => ({ place, count })) };
}

/** An event's type as its attributes are called; elsewhere the outermost field. */
function placeOf(name: string, place: string): string {
  if (/^\d+$/.test(name) || name === 'events') return place;
  return place === '' ? name.replace(/EventAttributes$/, '') : place;
}

interface PayloadMessage {
  readonly metadata: Readonly<Record<string, Uint8Array>>;
  readonly data: Uint8Array;
}

function isPayload(value: object): value is PayloadMessage {
  return (
    'metadata' in value &&
    'data' in value &&
    ArrayBuffer.isView(value.data) &&
    typeof value.metadata === 'object' &&
    value.metadata !== null &&
    Object.values(value.metadata).every((entry) => ArrayBuffer.isView(entry))
  );
}

function encodingOf({ metadata }: PayloadMessage): string {
  const encoding = metadata['encoding'];
  return encoding === undefined ? '(no encoding)' : Buffer.from(encoding).toString('latin1').slice(0, 100);
}

function isFailure(value: object): value is Message {
  const { message, source, stackTrace } = value as Message;
  return typeof message === 'string' && typeof source === 'string' && typeof stackTrace === 'string';
}

function isInClear({ message, stackTrace, source }: Message): boolean {
  if (source === 'Server') return false;
  return (message !== '' && message !== ENCODED_MESSAGE) || stackTrace !== '';
}
