import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { ConfigurationError } from '@waxseal/core';
import { parseJson } from '@waxseal/core/internal';
import { printable } from '../printable';
import { readInput } from '../read-input';
import { historyOfJson, searchKeysOfJson } from './history-json';
import type { TypedMessage } from './messages';
import { filesIn } from './named-files';

/** Says that a part was not looked at, and why. */
type NotLooked = (why: string) => void;

/** A history that a file holds, or its search keys. */
export interface HistoryInFile {
  /** The file, and the line where it holds several. */
  readonly name: string;
  readonly messages: readonly TypedMessage[];
}

const LINES_FILE = /\.(?:ndjson|jsonl)$/i;

/**
 * The histories that files hold: one in JSON; several in an array, or one on each line; an event on each line
 * (together they are one). Of a folder, all files that are called `*.json`, `*.ndjson` or `*.jsonl`, in its
 * folders too. A file of search keys holds payloads, too.
 *
 * @param files `-` is standard input; none at all is too
 * @param notLooked is called where a part was not looked at
 * @throws ConfigurationError when one cannot be read, or is no history
 */
export async function* historiesInFiles(
  files: readonly string[],
  notLooked: NotLooked,
): AsyncIterable<HistoryInFile> {
  for (const file of files.length === 0 ? ['-'] : files) {
    for await (const each of filesIn(file, notLooked)) {
      if (LINES_FILE.test(each)) yield* historiesInLines(each, linesOf(each), notLooked);
      else yield* historiesInText(await readInput(each), each, notLooked);
    }
  }
}

async function* historiesInText(
  text: string,
  file: string,
  notLooked: NotLooked,
): AsyncIterable<HistoryInFile> {
  if (isSeveralLines(text)) {
    yield* historiesInLines(file, text.split('\n'), notLooked);
    return;
  }
  const wrong = (where: string): Error => new ConfigurationError(`${file} is not valid JSON: see ${where}.`);
  const json = parseJson(text, wrong);
  const searchKeys = searchKeysOfJson(json, file);
  if (searchKeys !== undefined) {
    yield { name: file, messages: [searchKeys] };
    return;
  }
  for (const [index, each] of (Array.isArray(json) ? json : [json]).entries()) {
    const name = Array.isArray(json) ? `${file}, history ${String(index + 1)}` : file;
    yield {
      name,
      messages: whole([historyOfJson(unwrapped(each, name, notLooked), name, notLooked)], name, notLooked),
    };
  }
}

/** Whether the first line is JSON by itself, and there is another. */
function isSeveralLines(text: string): boolean {
  const end = text.indexOf('\n');
  if (end < 0 || text.slice(end).trim() === '') return false;
  try {
    JSON.parse(text.slice(0, end));
    return true;
  } catch {
    return false;
  }
}

async function* linesOf(file: string): AsyncIterable<string> {
  const input = createReadStream(file);
  try {
    yield* createInterface({ input, crlfDelay: Infinity });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new ConfigurationError(`${file} cannot be read (${code}).`, { cause });
  } finally {
    input.destroy();
  }
}

async function* historiesInLines(
  file: string,
  lines: AsyncIterable<string> | Iterable<string>,
  notLooked: NotLooked,
): AsyncIterable<HistoryInFile> {
  let number = 0;
  const events: TypedMessage[] = [];
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    const name = `${file}, line ${String(number)}`;
    const parsed = parseJson(line, () => new ConfigurationError(`${name} is not valid JSON.`));
    const json = unwrapped(parsed, name, notLooked);
    if (isEvent(json)) events.push(historyOfJson({ events: [json] }, name, notLooked));
    else yield { name, messages: whole([historyOfJson(json, name, notLooked)], name, notLooked) };
  }
  if (events.length > 0) yield { name: file, messages: whole(events, file, notLooked) };
}

/** Answers of Temporal have the history in a field, and may be a page of several. */
function unwrapped(json: unknown, name: string, notLooked: NotLooked): unknown {
  if (typeof json !== 'object' || json === null || 'events' in json || !('history' in json)) return json;
  const { history, ...others } = json as Readonly<Record<string, unknown>>;
  const rest = Object.keys(others).find((field) => field !== 'archived' && !isEmpty(others[field]));
  if (rest !== undefined)
    notLooked(`${name} is a part of a history: it has ${printable(rest)} beside it. Export all of it`);
  return history;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** The same; says where events are missing. They are numbered from 1 on. */
function whole(
  messages: readonly TypedMessage[],
  name: string,
  notLooked: NotLooked,
): readonly TypedMessage[] {
  const ids = messages.flatMap(({ message }) =>
    ((message['events'] ?? []) as readonly { readonly eventId?: string }[]).map(({ eventId }) =>
      Number(eventId),
    ),
  );
  const missing =
    ids.length === 0 ? 1 : ids.sort((a, b) => a - b).findIndex((id, index) => id !== index + 1) + 1;
  if (missing > 0)
    notLooked(`${name} is not a whole history: event ${String(missing)} is missing. Export it again`);
  return messages;
}

function isEvent(json: unknown): boolean {
  return typeof json === 'object' && json !== null && ('eventId' in json || 'event_id' in json);
}
